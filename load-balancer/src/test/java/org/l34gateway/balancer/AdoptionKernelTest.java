// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.netlink.FirewallMark;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.netlink.Rule;
import org.l34gateway.netlink.RuleAction;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Protocol;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;

/** What one balancer leaves in the kernel, the next one finds, whatever happened to it in between. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class AdoptionKernelTest {
    private static final ForwardingProgram EXAMPLE = Programs.example(8, Set.of(1, 2, 3, 4));

    @Test
    void a_restarted_balancer_has_nothing_to_do() {
        withInterfaces();
        ForwardingProgram large = Programs.example(100, Set.of(1, 2, 3, 4));
        assertThat(applyOnce(large).changed()).isTrue();
        assertThat(applyOnce(large).changed()).isFalse();
    }

    /** Or a pod's VIP could be taken away while it goes on with its connections. */
    @Test
    void a_target_that_drains_is_held_until_it_is_gone() {
        withInterfaces();
        try (LoadBalancer balancer = LoadBalancer.open(Testbed.INTERFACES, FastPath.ON, System::nanoTime)) {
            balancer.apply(EXAMPLE);
            ForwardingProgram draining = Programs.draining(8, Set.of(1, 2, 3, 4), Set.of(2));
            balancer.apply(draining);
            assertThat(applyOnce(draining).changed()).isFalse();
            assertThat(balancer.inspect().targets()).isEqualTo(expected(EXAMPLE));
            ForwardingProgram without = Programs.example(8, Set.of(1, 3, 4));
            balancer.apply(without);
            assertThat(balancer.inspect().targets()).isEqualTo(expected(without));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flush chain inet l34 arriving",
                "flush chain inet l34 forwarded",
                "delete element inet l34 dispatch4 { 20.0.0.1 }",
                "delete element inet l34 vips6 { fd20::1 }",
                "add element inet l34 vips4 { 20.0.0.9 }",
                "delete element inet l34 targets_1021_0 { 2 }",
                "add chain inet l34 stranger ; add rule inet l34 stranger drop",
                "add set inet l34 stranger { type ipv4_addr; }",
                "add map inet l34 moved_1021_7 { type mark : mark; }",
                "add element inet l34 moved_1021_0 { 5 : 9 }",
                "delete element inet l34 sent { 1 }",
                "flush chain inet l34 fast_ext",
                "delete element netdev l34 addresses4 { 1 }",
                "delete table netdev l34",
                "flush map inet l34 slots_1021_0",
                "delete table inet l34",
            })
    void what_somebody_changed_in_the_table_is_repaired(String damage) {
        withInterfaces();
        try (LoadBalancer balancer = LoadBalancer.open(Testbed.INTERFACES, FastPath.ON, System::nanoTime)) {
            settle(balancer);
            nft(damage);
            assertThat(balancer.due()).isTrue();
            assertThat(balancer.apply(EXAMPLE).changed()).as("saw the damage").isTrue();
            assertThat(balancer.due()).isFalse();
            assertThat(applyOnce(EXAMPLE).changed()).isFalse();
            assertThat(balancer.inspect().targets()).isEqualTo(expected(EXAMPLE));
        }
    }

    @Test
    void rules_of_targets_that_are_gone_go_when_there_is_time() {
        withInterfaces();
        ForwardingProgram few = Programs.example(8, Set.of(1));
        try (LoadBalancer balancer = LoadBalancer.open(Testbed.INTERFACES, FastPath.ON, System::nanoTime)) {
            balancer.apply(few);
            List<Rule> before = rules();
            balancer.apply(EXAMPLE);
            balancer.apply(few);
            assertThat(rules()).hasSizeGreaterThan(before.size());
            balancer.tidy();
            balancer.apply(few);
            assertThat(rules()).containsExactlyInAnyOrderElementsOf(before);
            balancer.tidy();
            assertThat(balancer.apply(few).changed()).isFalse();
        }
    }

    private static List<Rule> rules() {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            Rtnetlink netlink = new Rtnetlink(socket);
            return Stream.of(IpFamily.values())
                    .flatMap(family -> netlink.rules(family).stream())
                    .toList();
        }
    }

    @Test
    void rules_and_routes_that_somebody_deleted_come_back_and_those_of_others_stay() {
        withInterfaces();
        applyOnce(EXAMPLE);
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            Rtnetlink netlink = new Rtnetlink(socket);
            Rule foreign = new Rule(
                    IpFamily.IPV4, 1_000, null, new FirewallMark(9, 0xFF), new RuleAction.Lookup(77), 4, false);
            Rule plugins = Rule.from(IpPrefix.parse("20.0.0.1"), 1_000, 5_000);
            netlink.add(foreign);
            netlink.add(plugins);
            nft("add table inet other; add table ip l34");
            RoutingPlan.Present held = RoutingPlan.Present.read(netlink, Testbed.INTERFACES.families());
            held.rules().forEach(netlink::delete);
            held.routes().forEach(netlink::delete);
            assertThat(applyOnce(EXAMPLE).changed()).isTrue();
            assertThat(applyOnce(EXAMPLE).changed()).isFalse();
            assertThat(netlink.rules(IpFamily.IPV4)).contains(foreign, plugins);
            applyOnce(ForwardingProgram.empty(Programs.SEED));
            assertThat(netlink.rules(IpFamily.IPV4)).contains(foreign, plugins);
            assertThat(netlink.routes(IpFamily.IPV4)).noneMatch(route -> route.table() > TargetTree.FIRST_TABLE);
            assertThat(nft("list tables")).contains("table inet other", "table ip l34");
        }
    }

    /** Links that are new have news for a moment. */
    private static void settle(LoadBalancer balancer) {
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        do {
            balancer.apply(EXAMPLE);
            assertThat(System.nanoTime() - end).as("time until nothing is due").isNegative();
        } while (balancer.due());
    }

    /** Between two looks at links, so that the links look as before. */
    enum Disturbance {
        RULE_DELETED {
            @Override
            void happen(Rtnetlink netlink) {
                netlink.delete(present(netlink).rules().getLast());
            }
        },
        ROUTE_DELETED {
            @Override
            void happen(Rtnetlink netlink) {
                netlink.delete(present(netlink).routes().getLast());
            }
        },
        /** Takes the routes along without a word about them. */
        LINK_DOWN_AND_UP {
            @Override
            void happen(Rtnetlink netlink) {
                int index = Objects.requireNonNull(netlink.link("int")).index();
                netlink.setUp(index, false);
                netlink.setUp(index, true);
            }
        };

        abstract void happen(Rtnetlink netlink);

        static RoutingPlan.Present present(Rtnetlink netlink) {
            return RoutingPlan.Present.read(netlink, Testbed.INTERFACES.families());
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_happens_to_rules_and_routes_is_noticed_and_repaired(Disturbance disturbance) {
        withInterfaces();
        try (LoadBalancer balancer = LoadBalancer.open(Testbed.INTERFACES, FastPath.ON, System::nanoTime);
                NetlinkSocket socket = NetlinkSocket.open()) {
            Rtnetlink netlink = new Rtnetlink(socket);
            settle(balancer);
            RoutingPlan.Present before = Disturbance.present(netlink);
            disturbance.happen(netlink);
            assertThat(balancer.due()).isTrue();
            assertThat(balancer.apply(EXAMPLE).changed()).isTrue();
            settle(balancer);
            assertThat(Disturbance.present(netlink).rules()).containsExactlyInAnyOrderElementsOf(before.rules());
            assertThat(Disturbance.present(netlink).routes()).containsExactlyInAnyOrderElementsOf(before.routes());
        }
    }

    @Test
    void an_interface_that_is_missing_is_a_problem_until_it_comes() {
        try (LoadBalancer balancer = LoadBalancer.open(Testbed.INTERFACES, FastPath.ON, System::nanoTime)) {
            assertThat(balancer.apply(EXAMPLE).problems())
                    .singleElement()
                    .asString()
                    .contains("int");
            assertThat(balancer.check()).contains("interface ext is not there", "interface int is not there");
            withInterfaces();
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                Rtnetlink netlink = new Rtnetlink(socket);
                int index = Objects.requireNonNull(netlink.link("int")).index();
                netlink.setUp(index, false);
                assertThat(balancer.apply(EXAMPLE).problems())
                        .singleElement()
                        .asString()
                        .contains("not up");
                netlink.setUp(index, true);
            }
            Applied applied = balancer.apply(EXAMPLE);
            assertThat(applied.problems()).isEmpty();
            assertThat(applied.targets()).hasSize(8);
            assertThat(balancer.inspect().targets()).isEqualTo(expected(EXAMPLE));
        }
    }

    @Test
    void marks_outlive_the_interface_towards_the_targets() {
        withInterfaces();
        try (LoadBalancer balancer = LoadBalancer.open(Testbed.INTERFACES, FastPath.ON, System::nanoTime);
                NetlinkSocket socket = NetlinkSocket.open()) {
            balancer.apply(EXAMPLE);
            String before = nft("list map inet l34 targets_1021_0");
            Rtnetlink netlink = new Rtnetlink(socket);
            netlink.delete(Objects.requireNonNull(netlink.link("int")));
            netlink.delete(Objects.requireNonNull(netlink.link("ext")));
            balancer.apply(EXAMPLE);
            withInterfaces();
            balancer.apply(Programs.example(8, Set.of(2, 3, 4)));
            balancer.apply(EXAMPLE);
            assertThat(nft("list map inet l34 targets_1021_0")).isEqualTo(before);
        }
    }

    @Test
    void after_any_change_the_kernel_holds_what_a_fresh_start_would() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        AtomicLong nanos = new AtomicLong(1);
        withInterfaces();
        try (LoadBalancer balancer = LoadBalancer.open(Testbed.INTERFACES, FastPath.ON, nanos::get)) {
            for (int step = 0; step < 25; step++) {
                ForwardingProgram program = someProgram(dice);
                String where = "step " + step + ", repeat with -Dseed=" + seed;
                balancer.apply(program);
                assertThat(applyOnce(program).changed()).as(where).isFalse();
                assertThat(balancer.inspect().targets()).as(where).isEqualTo(expected(program));
                // Targets that drain have had their slots for some time.
                nanos.addAndGet(Handovers.WINDOW.toNanos());
                balancer.apply(program);
                ForwardingProgram draining = Programs.withDraining(program, _ -> dice.nextInt(3) == 0);
                balancer.apply(draining);
                assertThat(applyOnce(draining).changed()).as(where).isFalse();
                assertThat(balancer.inspect().targets()).as(where).isEqualTo(expected(program));
            }
        }
    }

    /** Runs commands of nft in this thread's namespace. */
    private static String nft(String commands) {
        try {
            Process process = new ProcessBuilder("nft", commands)
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            return output;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static void withInterfaces() {
        Testbed.useAddressesAtOnce();
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            Rtnetlink netlink = new Rtnetlink(socket);
            for (String name : List.of("ext", "int")) {
                netlink.addVeth(name, name + "-peer");
                netlink.setUp(Objects.requireNonNull(netlink.link(name)).index(), true);
                netlink.setUp(
                        Objects.requireNonNull(netlink.link(name + "-peer")).index(), true);
            }
        }
    }

    private static Applied applyOnce(ForwardingProgram program) {
        try (LoadBalancer balancer = LoadBalancer.open(Testbed.INTERFACES, FastPath.ON, System::nanoTime)) {
            return balancer.apply(program);
        }
    }

    /** What a program asks for, worked out without the code that compiles it: VIP → addresses of its family. */
    private static Map<IpPrefix, SortedSet<IpAddress>> expected(ForwardingProgram program) {
        Map<IpPrefix, SortedSet<IpAddress>> expected = new TreeMap<>();
        for (Flow flow : program.flows()) {
            for (IpPrefix vip : flow.destinations()) {
                SortedSet<IpAddress> addresses = new TreeSet<>();
                // All flows here select the same packets, so the first has them.
                if (expected.putIfAbsent(vip, addresses) != null) {
                    continue;
                }
                for (TargetGroup group : program.groups()) {
                    boolean backend = flow.backends().stream()
                            .anyMatch(each -> each.group().equals(group.key()));
                    for (Target target : group.targets()) {
                        target.addresses().stream()
                                .filter(address ->
                                        backend && target.vips().contains(vip) && address.family() == vip.family())
                                .forEach(address -> addresses.add(address));
                    }
                }
            }
        }
        return expected;
    }

    private static ForwardingProgram someProgram(Random dice) {
        List<String> vips = List.of("20.0.0.1", "20.0.0.2", "fd20::1", "::1:2");
        List<TargetGroup> groups = new ArrayList<>();
        for (String key : List.of("uid-a", "uid-b")) {
            List<Target> targets = new ArrayList<>();
            for (int number = 1; number <= 8; number++) {
                if (dice.nextInt(3) > 0) {
                    targets.add(Programs.target(number, some(dice, vips)));
                }
            }
            groups.add(new TargetGroup(key, "ns/" + key, dice.nextInt(5) == 0 ? 16 : 8, targets));
        }
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String[] destinations = some(dice, vips);
            if (destinations.length > 0) {
                String group = dice.nextBoolean() ? "uid-a" : "uid-b";
                flows.add(Programs.flow("ns/r" + i, 1, Set.of(Protocol.TCP), group, destinations));
            }
        }
        return new ForwardingProgram(Programs.SEED, groups, flows);
    }

    private static String[] some(Random dice, List<String> from) {
        return from.stream().filter(_ -> dice.nextBoolean()).toArray(String[]::new);
    }
}
