// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.l34gateway.controller.Fixtures;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

class AnswerGateTest {
    private static final IpPrefix VIP = IpPrefix.parse("20.0.0.1/32");
    private static final SortedSet<IpPrefix> VIPS = new TreeSet<>(List.of(VIP));
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static GatewayPod pod(String name, String families, String answers) {
        return new GatewayPod(
                Fixtures.gatewayPod(name, "gw"),
                Fixtures.gatewayReport(
                        name,
                        "gw",
                        "programmed: true\ndefaultRoutes: [%s]\nanswerVIPs: [%s]".formatted(families, answers)));
    }

    private static final GatewayPod ANSWERS = pod("a", "IPv4", "20.0.0.1/32");
    private static final GatewayPod DOES_NOT = pod("b", "IPv4", "");
    private static final GatewayPod NO_NEXT_HOP = pod("c", "", "");
    private static final GatewayPod OTHER_FAMILY = pod("d", "IPv6", "");
    private static final GatewayPod ISOLATED = new GatewayPod(
            Fixtures.gatewayPod("f", "gw"),
            Fixtures.gatewayReport("f", "gw", "programmed: true\nisolated: true\ndefaultRoutes: [IPv4, IPv6]"));
    private static final GatewayPod SILENT = new GatewayPod(Fixtures.gatewayPod("e", "gw"), null);

    @Test
    void open_when_every_next_hop_of_the_family_answers() {
        var look = AnswerGate.NEW.look(VIPS, List.of(ANSWERS, NO_NEXT_HOP, OTHER_FAMILY, SILENT, ISOLATED), 0);
        assertThat(look.answered()).containsExactly(VIP);
    }

    /** When the last next hop comes back, targets whose node says so a little later must not be taken for cut off. */
    @Test
    void next_hops_count_against_a_target_when_they_have_been_there_for_five_seconds() {
        List<GatewayPod> both = List.of(ANSWERS, OTHER_FAMILY);
        var back = AnswerGate.NEW.look(VIPS, both, 0);
        assertThat(back.nextHops()).isEmpty();
        assertThat(back.patience()).isEqualTo(Duration.ofSeconds(5));
        var later = back.next().look(VIPS, both, 5 * SECOND);
        assertThat(later.nextHops()).isEqualTo(EnumSet.of(IpFamily.IPV4, IpFamily.IPV6));
        assertThat(later.patience()).isZero();

        var oneGone = later.next().look(VIPS, List.of(ANSWERS), 6 * SECOND);
        assertThat(oneGone.nextHops()).isEqualTo(EnumSet.of(IpFamily.IPV4));
        var again = oneGone.next().look(VIPS, both, 7 * SECOND);
        assertThat(again.nextHops()).isEqualTo(EnumSet.of(IpFamily.IPV4));
        assertThat(again.patience()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void a_pod_that_is_cut_off_from_its_targets_is_no_next_hop_but_says_what_it_runs() {
        assertThat(ISOLATED.nextHopFamilies()).isEmpty();
        assertThat(ISOLATED.programmed()).isTrue();
    }

    @Test
    void waits_five_seconds_for_one_that_does_not_and_then_goes_on_without_it() {
        List<GatewayPod> pods = List.of(ANSWERS, DOES_NOT);
        var first = AnswerGate.NEW.look(VIPS, pods, 100 * SECOND);
        assertThat(first.answered()).isEmpty();
        assertThat(first.patience()).isEqualTo(Duration.ofSeconds(5));

        var later = first.next().look(VIPS, pods, 104 * SECOND);
        assertThat(later.answered()).isEmpty();
        assertThat(later.patience()).isEqualTo(Duration.ofSeconds(1));

        var without = later.next().look(VIPS, pods, 105 * SECOND);
        assertThat(without.answered()).containsExactly(VIP);
        assertThat(without.laggards()).extracting(AnswerGate.Missing::podName).containsExactly("b");
        assertThat(without.patience()).isZero();
    }

    @Test
    void who_answers_in_time_is_forgotten_and_waited_for_anew_the_next_time() {
        var first = AnswerGate.NEW.look(VIPS, List.of(ANSWERS, DOES_NOT), 0);
        var good = first.next().look(VIPS, List.of(ANSWERS, pod("b", "IPv4", "20.0.0.1/32")), SECOND);
        assertThat(good.answered()).containsExactly(VIP);
        var again = good.next().look(VIPS, List.of(ANSWERS, DOES_NOT), 60 * SECOND);
        assertThat(again.answered()).isEmpty();
        assertThat(again.laggards()).isEmpty();
    }

    @Test
    void closed_while_nobody_answers_however_long_it_takes() {
        var look = AnswerGate.NEW.look(VIPS, List.of(DOES_NOT), 0);
        assertThat(look.next().look(VIPS, List.of(DOES_NOT), 60 * SECOND).answered())
                .isEmpty();
        assertThat(AnswerGate.NEW.look(VIPS, List.of(), 0).answered()).isEmpty();
    }
}
