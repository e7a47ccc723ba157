// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Netns;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.RouteType;
import org.l34gateway.netlink.Rtnetlink;

/** Every plugin does what it is measured for: once, and once again after its DEL. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class PluginsKernelTest {
    private final Executables ours = Executables.ofThisRun();

    private GoPlugins go = new GoPlugins(Path.of(""));

    /** Whole builds have both; a build of this module alone has no executables. Go may download: tests are without a network. */
    @BeforeEach
    void both_are_there() {
        require(ours);
        go = GoPlugins.ready(_ -> {});
    }

    static void require(Executables ours) {
        try {
            ours.vip();
            ours.policyRoute();
        } catch (IllegalStateException absent) {
            if (Boolean.getBoolean("native.required")) {
                throw absent;
            }
            abort("skipped: " + absent.getMessage());
        }
        try {
            GoModule.go();
        } catch (IllegalStateException absent) {
            abort("skipped: " + absent.getMessage());
        }
    }

    @Test
    void our_plugin_and_that_in_go_have_the_same_function() throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        try (Records records = Records.onDisk();
                Pod pod = new Pod("a");
                Pod goPod = new Pod("b")) {
            Plugin plugin = Plugin.of(ours.vip(), Configs.vips(records.folder()));
            Plugin goPlugin = Plugin.of(go.vip(), Configs.vips(records.folder()));
            for (int i = 0; i < 2; i++) {
                String answer = plugin.add(pod).stdout().replace(pod.netns().toString(), "");
                String goAnswer =
                        goPlugin.add(goPod).stdout().replace(goPod.netns().toString(), "");
                assertThat(json.readTree(goAnswer).path("interfaces"))
                        .hasSize(1)
                        .isEqualTo(json.readTree(answer).path("interfaces"));
                assertThat(vips(pod)).containsExactlyInAnyOrder("20.0.0.1/32", "2000::1/128");
                assertThat(vips(goPod)).containsExactlyInAnyOrder("20.0.0.1/32", "2000::1/128");
                plugin.del(pod);
                goPlugin.del(goPod);
                assertThat(vips(pod)).isEmpty();
                assertThat(vips(goPod)).isEmpty();
            }
        }
    }

    @Test
    void both_route_by_source() {
        try (Records records = Records.onDisk();
                Pod pod = new Pod("a");
                Pod goPod = new Pod("b")) {
            Plugin plugin = Plugin.of(ours.policyRoute(), Configs.policyRoutes(records.folder()));
            Plugin goPlugin = Plugin.of(go.sbr(), Configs.sbr());
            for (int i = 0; i < 2; i++) {
                pod.renewRoutes();
                plugin.add(pod);
                assertThat(routedSources(pod)).containsExactly("20.0.0.1/32");
                assertThat(defaultRoutes(pod)).containsExactly(Pod.GATEWAY);
                plugin.del(pod);
                assertThat(routedSources(pod)).isEmpty();

                goPod.renewRoutes();
                assertThat(defaultRoutes(goPod)).isEmpty();
                goPlugin.add(goPod);
                assertThat(routedSources(goPod)).containsExactly("169.254.100.10/32");
                assertThat(defaultRoutes(goPod)).containsExactly(Pod.GATEWAY);
                goPlugin.del(goPod);
                assertThat(routedSources(goPod)).isEmpty();
            }
        }
    }

    @Test
    void plugins_race_in_pods_of_their_own() {
        try (Records records = Records.onDisk();
                Race race = new Race(3)) {
            race.add("ours", Plugin.of(ours.vip(), Configs.vips(records.folder())));
            race.add("loopback", Plugin.of(go.loopback(), Configs.loopback()));
            race.add("tuning", Plugin.of(go.tuning(), Configs.tuning()));
            race.run(2, 2);
            assertThat(race.figure("tuning", Lap::addMillis).runs()).hasSize(2).allMatch(millis -> millis > 0);
            assertThat(race.ratio("ours", "loopback", Lap::addCpuMicros).runs())
                    .hasSize(2)
                    .allMatch(ratio -> ratio > 0.01 && ratio < 100);
        }
    }

    @Test
    void memory_is_the_plugin_s_and_not_that_of_who_starts_it() {
        try (Records records = Records.onDisk();
                ResidentMemory resident = ResidentMemory.ready();
                Pod pod = new Pod("a")) {
            Plugin plugin = Plugin.of(ours.vip(), Configs.vips(records.folder()));
            assertThat(resident.ofAdd(plugin, pod)).isBetween(0.5, 10.0);
        }
    }

    @Test
    void an_add_that_fails_is_no_measurement() {
        try (Pod pod = new Pod("a")) {
            Plugin withoutResultBefore = Plugin.of(go.sbr(), Configs.loopback());
            assertThatIllegalStateException()
                    .isThrownBy(() -> withoutResultBefore.add(pod))
                    .withMessageContaining("must be called as chained plugin");
        }
    }

    static List<String> vips(Pod pod) {
        return kernel(
                pod,
                kernel -> kernel.addresses().stream()
                        .map(Address::prefix)
                        .filter(prefix -> prefix.isHost() && !prefix.equals(IpPrefix.parse("::1/128")))
                        .map(IpPrefix::toString)
                        .toList());
    }

    static List<String> routedSources(Pod pod) {
        return kernel(
                pod,
                kernel -> kernel.rules(IpFamily.IPV4).stream()
                        .filter(rule -> rule.source() != null)
                        .map(rule -> Objects.toString(rule.source()))
                        .toList());
    }

    private static List<String> defaultRoutes(Pod pod) {
        return kernel(
                pod,
                kernel -> kernel.routes(IpFamily.IPV4).stream()
                        .filter(route -> route.destination().length() == 0 && route.type() == RouteType.UNICAST)
                        .flatMap(route -> route.nextHops().stream())
                        .map(hop -> Objects.toString(hop.gateway()))
                        .toList());
    }

    static <T> T kernel(Pod pod, Function<Rtnetlink, T> question) {
        try (Netns netns = Netns.open(pod.netns());
                NetlinkSocket socket = NetlinkSocket.open(netns)) {
            return question.apply(new Rtnetlink(socket));
        }
    }
}
