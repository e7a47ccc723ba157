// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.gateway.plan.Fixtures.SELF;
import static org.l34gateway.gateway.plan.Fixtures.addresses;
import static org.l34gateway.gateway.plan.Fixtures.inputs;
import static org.l34gateway.gateway.plan.Fixtures.node;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.gateway.plan.Fixtures;
import org.l34gateway.gateway.plan.Inputs;
import org.l34gateway.ip.IpAddress;

class GatewayCycleTest {
    private static final List<String> ONE = List.of("20.0.0.1/32");

    private final FakePod pod = new FakePod();
    private long now;
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final GatewayCycle cycle = new GatewayCycle(SELF, pod, pod, pod, pod, () -> now, metrics);

    private GatewayReportSpec run(Inputs inputs) {
        return cycle.run(inputs, List.of(), false).report();
    }

    @Test
    void slots_come_before_the_announcement_and_go_after_the_withdrawal() {
        run(inputs(Map.of("a", ONE)));
        run(inputs(Map.of("a", ONE)));
        run(inputs(Map.of()));
        assertThat(pod.diary)
                .containsExactly("slots [20.0.0.1/32]", "announce [20.0.0.1/32]", "announce []", "slots []");
    }

    @Test
    void a_vip_stays_announced_while_its_targets_change() {
        run(inputs(Map.of("a", ONE)));
        pod.diary.clear();
        run(inputs(new TreeMap<>(Map.of("a", List.of(), "b", ONE))));
        assertThat(pod.diary).containsExactly("slots [20.0.0.1/32]");
    }

    @Test
    void whatever_comes_and_fails_no_vip_is_ever_announced_without_a_slot() {
        long seed = Long.getLong("seed", System.nanoTime());
        var dice = new Random(seed);
        for (int i = 0; i < 300; i++) {
            pod.kernelRefuses = dice.nextInt(5) == 0;
            pod.birdIsSilent = false; // A silent BIRD keeps announcing nothing: its sessions are what it would need.
            pod.addresses = dice.nextInt(5) == 0 ? addresses("fd00::9") : addresses("169.111.100.9", "fd00::9");
            Map<String, List<String>> vipsByPod = new TreeMap<>();
            for (String name : List.of("a", "b", "c")) {
                if (dice.nextBoolean()) {
                    List<String> vips = new ArrayList<>(Fixtures.VIPS);
                    vips.removeIf(_ -> dice.nextBoolean());
                    vipsByPod.put(name, vips);
                }
            }
            Inputs inputs = inputs(vipsByPod);
            boolean leaving = dice.nextInt(20) == 0;
            GatewayReportSpec report = cycle.run(
                            dice.nextInt(10) == 0 ? Fixtures.without(inputs) : inputs, List.of(), leaving)
                    .report();
            assertThat(report.programmed())
                    .as("repeat with -Dseed=%d, run %d", seed, i)
                    .isEqualTo(!pod.kernelRefuses && !leaving);
        }
    }

    @Test
    void a_kernel_that_refuses_leaves_new_vips_unannounced_and_says_so() {
        pod.kernelRefuses = true;
        GatewayReportSpec report = run(inputs(Map.of("a", ONE)));
        assertThat(pod.announced).isEmpty();
        assertThat(report.programmed()).isFalse();
        assertThat(report.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).isEqualTo("the kernel refused"));
        assertThat(cycle.readiness().ready()).isFalse();
    }

    @Test
    void a_silent_bird_does_not_keep_the_kernel_from_changing() {
        run(inputs(Map.of("a", ONE)));
        pod.birdIsSilent = true;
        pod.announced.clear(); // its sessions are down
        GatewayReportSpec report = run(inputs(Map.of()));
        assertThat(report.targets()).isEmpty();
        assertThat(report.announcedVIPs()).isEmpty();
        assertThat(report.programmed()).isTrue();
    }

    @Test
    void a_process_that_was_killed_adopts_what_its_pod_forwards() {
        run(inputs(Map.of("a", ONE)));
        pod.diary.clear();
        new GatewayCycle(SELF, pod, pod, pod, pod, () -> 0, new SimpleMeterRegistry())
                .run(inputs(Map.of("a", ONE)), List.of(), false);
        assertThat(pod.diary).isEmpty();
    }

    @Test
    void only_addresses_that_multus_gave_and_the_kernel_has_are_reported() {
        pod.addresses = addresses("169.111.100.9", "10.9.9.9");
        assertThat(run(inputs(Map.of())).addresses()).containsExactly("169.111.100.9");
    }

    @Test
    void a_pod_that_leaves_withdraws_is_no_next_hop_and_forwards_on() {
        run(inputs(Map.of("a", ONE)));
        var result = cycle.run(inputs(Map.of("a", ONE)), List.of(node("a", ONE, List.of("169.111.100.9"))), true);
        assertThat(pod.announced).isEmpty();
        assertThat(pod.neighbours).as("answers still need the default routes").hasSize(2);
        assertThat(result.report().programmed()).isFalse();
        assertThat(result.report().targets()).hasSize(1);
        assertThat(result.stillUsing()).containsExactly("shop/a");
        assertThat(metrics.get("l34.gateway.targets").gauge().value()).isEqualTo(1);
    }

    @Test
    void a_target_that_does_not_answer_loses_its_slots_is_reported_and_asked_on() {
        var two = inputs(new TreeMap<>(Map.of("a", ONE, "b", ONE)));
        run(two);
        pod.dead.put(IpAddress.parse("169.111.100.100"), 0L);
        GatewayReportSpec report = run(two);
        assertThat(report.targets())
                .extracting(GatewayReportSpec.TargetVips::podUID)
                .containsExactly("uid-b");
        assertThat(report.unreachable())
                .containsExactly(new GatewayReportSpec.Unreachable("uid-a", List.of("169.111.100.100")));
        assertThat(pod.watched).isEqualTo(addresses("169.111.100.100", "169.111.100.101"));
        assertThat(metrics.get("l34.gateway.unreachable.targets").gauge().value())
                .isEqualTo(1);
        pod.dead.clear();
        assertThat(run(two).targets()).hasSize(2);
    }

    @Test
    void a_pod_that_is_cut_off_announces_nothing_is_no_next_hop_and_keeps_its_slots() {
        var two = inputs(new TreeMap<>(Map.of("a", ONE, "b", ONE)));
        run(Fixtures.withPeer(two, 1));
        pod.dead.put(IpAddress.parse("169.111.100.100"), now);
        pod.dead.put(IpAddress.parse("169.111.100.101"), now);
        assertThat(run(Fixtures.withPeer(two, 1)).isolated())
                .as("it only suspects")
                .isFalse();
        assertThat(pod.announced).isNotEmpty();
        pod.diary.clear();
        now += 200_000_000;
        run(Fixtures.withPeer(two, 2));
        now += 1_300_000_000;
        GatewayReportSpec report = run(Fixtures.withPeer(two, 2));
        assertThat(pod.diary).containsExactly("announce []");
        assertThat(report.isolated()).isTrue();
        assertThat(report.addresses()).isEmpty();
        assertThat(report.targets()).hasSize(2);
        assertThat(cycle.readiness().missing()).startsWith("isolated");
        pod.dead.clear();
        assertThat(run(Fixtures.withPeer(two, 3)).isolated()).isFalse();
        assertThat(pod.announced).isNotEmpty();
    }

    @Test
    void a_gateway_that_is_gone_is_withdrawn_before_its_slots_go() {
        run(inputs(Map.of("a", ONE)));
        pod.diary.clear();
        run(Fixtures.without(inputs(Map.of("a", ONE))));
        assertThat(pod.diary).containsExactly("announce []", "slots []");
        assertThat(pod.neighbours).isEmpty();
    }
}
