// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.cni.testing.Answer;
import org.l34gateway.cni.testing.Call;
import org.l34gateway.cni.testing.PluginExecutable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Sysctl;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.MacAddress;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.NextHop;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.RouteProtocol;
import org.l34gateway.netlink.RouteType;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.netlink.Rule;

/** {@code policy-route} in real namespaces, on the JVM and as native executable. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class RouteExecutableTest {
    private static final String BOTH = arguments("20.0.0.1/32,2000::1/128", "169.254.100.1,169.254.100.2,fd00::1");

    @TempDir
    private Path data;

    static List<PluginExecutable> executables() {
        return PluginExecutable.ofThisMachine(new RoutePlugin());
    }

    @ParameterizedTest
    @MethodSource("executables")
    void routes_both_families_by_source_and_goes_without_a_trace(PluginExecutable plugin, ScratchNetns pod) {
        connect(pod);
        List<String> before = everything(pod);
        Call add = add(pod, BOTH);

        assertThat(add.on(plugin).code()).isZero();
        assertThat(add.on(plugin).code()).isZero();
        assertThat(ours(pod))
                .containsExactly(
                        "from 20.0.0.1/32 lookup 5000",
                        "0.0.0.0/0 table 5000 via [169.254.100.1, 169.254.100.2]",
                        "0.0.0.0/0 table 5000 UNREACHABLE",
                        "from 2000::1/128 lookup 5000",
                        "::/0 table 5000 via [fd00::1]",
                        "::/0 table 5000 UNREACHABLE");
        assertThat(add.with("CNI_COMMAND", "CHECK").on(plugin).code()).isZero();

        assertThat(del(pod).on(plugin).code()).isZero();
        assertThat(everything(pod)).isEqualTo(before);
        assertThat(data).isEmptyDirectory();
        assertThat(del(pod).on(plugin).code()).isZero();
    }

    @ParameterizedTest
    @MethodSource("executables")
    void a_prefix_routes_all_answers_from_within_it(PluginExecutable plugin, ScratchNetns pod) {
        connect(pod);
        List<String> before = everything(pod);
        Call add = add(pod, arguments("20.0.0.0/24,20.0.0.1/32,2000::/64", "169.254.100.1"));
        assertThat(add.on(plugin).code()).isZero();
        assertThat(add.on(plugin).code()).isZero();
        assertThat(ours(pod))
                .containsExactly(
                        "from 20.0.0.0/24 lookup 5000",
                        "from 20.0.0.1/32 lookup 5000",
                        "0.0.0.0/0 table 5000 via [169.254.100.1]",
                        "0.0.0.0/0 table 5000 UNREACHABLE",
                        "from 2000::/64 lookup 5000",
                        "::/0 table 5000 UNREACHABLE");
        assertThat(add.with("CNI_COMMAND", "CHECK").on(plugin).code()).isZero();
        assertThat(del(pod).on(plugin).code()).isZero();
        assertThat(everything(pod)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("executables")
    void no_arguments_leave_an_anchor(PluginExecutable plugin, ScratchNetns pod) throws IOException {
        assertThat(add(pod, "").on(plugin).code()).isZero();
        assertThat(ours(pod)).isEmpty();
        assertThat(Files.readString(data.resolve("c1@f1.json"))).contains("\"table\":0", "\"uid\":\"u-1\"");
        assertThat(del(pod).on(plugin).code()).isZero();
        assertThat(data).isEmptyDirectory();
    }

    @ParameterizedTest
    @MethodSource("executables")
    void a_change_keeps_the_table_and_one_family_leaves_the_other_alone(PluginExecutable plugin, ScratchNetns pod) {
        connect(pod);
        add(pod, BOTH).on(plugin);
        add(pod, arguments("20.0.0.2/32,2000::1/128", "169.254.100.2,fd00::1,fd00::2"))
                .on(plugin);

        assertThat(ours(pod))
                .containsExactly(
                        "from 20.0.0.2/32 lookup 5000",
                        "0.0.0.0/0 table 5000 via [169.254.100.2]",
                        "0.0.0.0/0 table 5000 UNREACHABLE",
                        "from 2000::1/128 lookup 5000",
                        "::/0 table 5000 via [fd00::1, fd00::2]",
                        "::/0 table 5000 UNREACHABLE");

        add(pod, arguments("20.0.0.2/32", "")).on(plugin);
        assertThat(ours(pod)).containsExactly("from 20.0.0.2/32 lookup 5000", "0.0.0.0/0 table 5000 UNREACHABLE");
    }

    @ParameterizedTest
    @MethodSource("executables")
    void the_reference_s_two_elements_share_a_table_without_wiping_each_other(
            PluginExecutable plugin, ScratchNetns pod) {
        connect(pod);
        String table = ",\"tableId\":5000";
        add(pod, arguments("20.0.0.1/32", "169.254.100.1") + table).on(plugin);
        Call second = add(pod, arguments("2000::1/128", "fd00::1") + table).with("CNI_IFNAME", "f2");
        assertThat(second.on(plugin).code()).isZero();
        assertThat(ours(pod)).hasSize(6);

        Answer third = add(pod, arguments("20.0.0.3/32", "169.254.100.1") + table)
                .with("CNI_IFNAME", "f3")
                .on(plugin);
        assertThat(third.code()).isEqualTo(7);
        assertThat(third.json().text("msg")).contains("table 5000", "f1");

        del(pod).with("CNI_IFNAME", "f2").on(plugin);
        assertThat(ours(pod))
                .containsExactly(
                        "from 20.0.0.1/32 lookup 5000",
                        "0.0.0.0/0 table 5000 via [169.254.100.1]",
                        "0.0.0.0/0 table 5000 UNREACHABLE");
    }

    @ParameterizedTest
    @MethodSource("executables")
    void a_table_is_chosen_that_nobody_uses(PluginExecutable plugin, ScratchNetns pod) {
        connect(pod);
        inside(pod, kernel -> kernel.add(Rule.from(IpPrefix.parse("10.1.0.0/16"), 500, 5000)));
        inside(pod, kernel -> kernel.add(Route.unreachable(IpPrefix.parse("2001:db8::/32"), 5001, 7)));

        add(pod, arguments("20.0.0.1/32", "169.254.100.1")).on(plugin);
        add(pod, arguments("20.0.0.2/32", "169.254.100.1"))
                .with("CNI_IFNAME", "f2")
                .on(plugin);

        assertThat(ours(pod)).contains("from 20.0.0.1/32 lookup 5002", "from 20.0.0.2/32 lookup 5003");
    }

    @ParameterizedTest
    @MethodSource("executables")
    void other_people_s_rules_and_routes_survive_add_and_del(PluginExecutable plugin, ScratchNetns pod) {
        connect(pod);
        inside(pod, kernel -> kernel.add(Rule.from(IpPrefix.parse("10.1.0.0/16"), 500, 5000)));
        inside(pod, kernel -> kernel.add(Route.unreachable(IpPrefix.parse("10.2.0.0/16"), 5000, 7)));
        List<String> before = everything(pod);

        assertThat(add(pod, BOTH + ",\"tableId\":5000").on(plugin).code()).isZero();
        assertThat(del(pod).without("CNI_ARGS").on(plugin).code()).isZero();
        assertThat(everything(pod)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("executables")
    void refuses_reserved_tables_and_bad_arguments_without_a_change(PluginExecutable plugin, ScratchNetns pod) {
        connect(pod);
        List<String> before = everything(pod);
        for (String bad : List.of(
                "\"tableId\":0",
                "\"tableId\":253",
                "\"tableId\":254",
                "\"tableId\":255",
                "\"tableId\":-1",
                "\"tableId\":1.5",
                "\"tableId\":\"5000\"",
                "\"tableId\":99999999999",
                "\"gateways\":[\"x\"]",
                "\"gateways\":\"169.254.100.1\"",
                "\"gateways\":[\"169.254.100.1/24\"]",
                "\"policyRoutes\":[{}]",
                "\"policyRoutes\":[\"20.0.0.1/32\"]",
                "\"policyRoutes\":[{\"srcPrefix\":\"20.0.0.1/33\"}]",
                "\"sysctls\":{\"kernel.panic\":\"1\"}",
                "\"sysctls\":[]",
                "\"sysctls\":{\"net.ipv4.ip_forward\":{}}")) {
            assertThat(add(pod, bad).on(plugin).code()).as(bad).isEqualTo(7);
        }
        assertThat(everything(pod)).isEqualTo(before);
        assertThat(data).isEmptyDirectory();
    }

    @ParameterizedTest
    @MethodSource("executables")
    void sysctls_of_vips_and_those_asked_for_are_set(PluginExecutable plugin, ScratchNetns pod) {
        connect(pod);
        set(pod, "net/ipv4/conf/all/rp_filter", "1");
        Call add = add(pod, BOTH + ",\"sysctls\":{\"net.ipv4.ip_forward\":1,\"net/ipv4/conf/v0/rp_filter\":\"0\"}");

        assertThat(add.on(plugin).code()).isZero();
        assertThat(List.of(
                        get(pod, "net/ipv4/fib_multipath_hash_policy"),
                        get(pod, "net/ipv6/fib_multipath_hash_policy"),
                        get(pod, "net/ipv4/fib_multipath_use_neigh"),
                        get(pod, "net/ipv4/conf/all/arp_announce"),
                        get(pod, "net/ipv4/conf/all/arp_ignore"),
                        get(pod, "net/ipv4/conf/all/rp_filter"),
                        get(pod, "net/ipv4/conf/v0/rp_filter"),
                        get(pod, "net/ipv4/ip_forward")))
                .containsExactly("1", "1", "1", "2", "1", "2", "0", "1");
    }

    @ParameterizedTest
    @MethodSource("executables")
    void the_last_attachment_that_needs_a_sysctl_puts_it_back(PluginExecutable plugin, ScratchNetns pod) {
        connect(pod);
        set(pod, "net/ipv4/conf/all/rp_filter", "1");
        List<String> before = sysctls(pod);
        String forward = ",\"sysctls\":{\"net.ipv4.ip_forward\":1}";
        Call second = add(pod, arguments("20.0.0.2/32", "169.254.100.1")).with("CNI_IFNAME", "f2");
        assertThat(add(pod, BOTH + forward).on(plugin).code()).isZero();
        assertThat(second.on(plugin).code()).isZero();
        assertThat(add(pod, BOTH + forward).on(plugin).code()).isZero();
        assertThat(sysctls(pod)).doesNotContainAnyElementsOf(before);

        assertThat(del(pod).on(plugin).code()).isZero();
        assertThat(get(pod, "net/ipv4/ip_forward")).isEqualTo("0");
        assertThat(get(pod, "net/ipv4/conf/all/rp_filter")).isEqualTo("2");
        assertThat(del(pod).with("CNI_IFNAME", "f2").on(plugin).code()).isZero();
        assertThat(sysctls(pod)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("executables")
    void a_failing_add_takes_back_what_it_did(PluginExecutable plugin, ScratchNetns pod) {
        connect(pod);
        List<String> before = everything(pod);
        List<String> sysctls = sysctls(pod);
        for (String bad : List.of("\"net.ipv4.no_such_thing\":\"1\"", "\"net.ipv4.ip_no_pmtu_disc\":\"x\"")) {
            Answer answer = add(pod, BOTH + ",\"sysctls\":{\"net.ipv4.ip_forward\":\"1\"," + bad + "}")
                    .on(plugin);
            assertThat(answer.code()).isEqualTo(100);
            assertThat(answer.json().text("msg")).contains("net/ipv4/").containsAnyOf("ENOENT", "EINVAL");
            assertThat(everything(pod)).isEqualTo(before);
            assertThat(sysctls(pod)).isEqualTo(sysctls);
            assertThat(data).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @MethodSource("executables")
    void a_refused_rule_takes_the_routes_back_too(PluginExecutable plugin, ScratchNetns pod) {
        connect(pod);
        add(pod, arguments("20.0.0.1/32", "169.254.100.1")).on(plugin);
        List<String> before = everything(pod);
        // A multicast router is no next hop: the kernel refuses the IPv6 route after the IPv4 one was changed.
        inside(
                pod,
                kernel -> kernel.add(Route.unicast(
                        IpPrefix.parse("ff3e::/64"), Route.TABLE_MAIN, List.of(NextHop.dev(link(kernel))))));
        List<String> withMulticast = everything(pod);
        assertThat(withMulticast).hasSize(before.size() + 1);

        Answer answer = add(pod, arguments("20.0.0.1/32,2000::1/128", "169.254.100.2,ff3e::1"))
                .on(plugin);
        assertThat(answer.code()).as("%s", answer).isEqualTo(100);
        assertThat(everything(pod)).isEqualTo(withMulticast);
    }

    @ParameterizedTest
    @MethodSource("executables")
    void a_new_next_hop_starts_without_an_old_neighbour_entry(PluginExecutable plugin, ScratchNetns pod) {
        connect(pod);
        IpAddress fixed = IpAddress.parse("169.254.100.1");
        IpAddress known = IpAddress.parse("169.254.100.2");
        IpAddress known6 = IpAddress.parse("fd00::1");
        neighbour(pod, fixed, Neighbour.STATE_PERMANENT);
        neighbour(pod, known, Neighbour.STATE_STALE);
        neighbour(pod, known6, Neighbour.STATE_STALE);

        assertThat(add(pod, BOTH).on(plugin).code()).isZero();
        assertThat(inside(pod, Rtnetlink::neighbours))
                .extracting(Neighbour::address)
                .contains(fixed)
                .doesNotContain(known, known6);
    }

    private static void neighbour(ScratchNetns pod, IpAddress address, int state) {
        MacAddress mac = MacAddress.parse("02:00:5e:00:53:01");
        inside(pod, kernel -> kernel.replace(new Neighbour(link(kernel), address, mac, state, 0)));
    }

    @ParameterizedTest
    @MethodSource("executables")
    void del_needs_neither_namespace_nor_record_nor_a_living_pod(PluginExecutable plugin, ScratchNetns pod)
            throws IOException {
        connect(pod);
        List<String> before = everything(pod);
        for (String garbage : List.of("", "{\"format\":1,", "{\"format\":9}")) {
            add(pod, BOTH).on(plugin);
            Files.writeString(data.resolve("c1@f1.json"), garbage);
            assertThat(del(pod).on(plugin).code()).isZero();
            assertThat(everything(pod)).as(garbage).isEqualTo(before);
        }
        add(pod, BOTH).on(plugin);
        assertThat(del(pod).without("CNI_NETNS").on(plugin).code()).isZero();
        assertThat(everything(pod)).isEqualTo(before);

        add(pod, BOTH).on(plugin);
        pod.close();
        assertThat(del(pod).on(plugin).code()).isZero();
        assertThat(data).isEmptyDirectory();
    }

    @ParameterizedTest
    @MethodSource("executables")
    void check_says_what_is_missing(PluginExecutable plugin, ScratchNetns pod) {
        connect(pod);
        add(pod, BOTH).on(plugin);
        inside(pod, kernel -> kernel.delete(Rule.from(IpPrefix.parse("20.0.0.1/32"), 1000, 5000)));

        Answer answer = add(pod, BOTH).with("CNI_COMMAND", "CHECK").on(plugin);
        assertThat(answer.code()).isEqualTo(101);
        assertThat(answer.json().text("details")).contains("20.0.0.1/32");
    }

    @ParameterizedTest
    @MethodSource("executables")
    void twenty_at_once_get_a_table_each(PluginExecutable plugin, ScratchNetns pod) throws Exception {
        connect(pod);
        List<String> before = everything(pod);
        List<Callable<Answer>> adds = new ArrayList<>();
        List<Callable<Answer>> dels = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String ifname = "f" + i;
            Call add = add(pod, arguments("20.0.1." + i + "/32,2000::" + i + "/128", "169.254.100.1,fd00::1"));
            adds.add(() -> add.with("CNI_IFNAME", ifname).on(plugin));
            dels.add(() -> del(pod).with("CNI_IFNAME", ifname).on(plugin));
        }
        try (var threads = Executors.newFixedThreadPool(20)) {
            for (var answer : threads.invokeAll(adds)) {
                assertThat(answer.get().code()).as("%s", answer.get()).isZero();
            }
            assertThat(ours(pod).stream()
                            .filter(line -> line.endsWith("UNREACHABLE"))
                            .distinct())
                    .hasSize(40);
            for (var answer : threads.invokeAll(dels)) {
                assertThat(answer.get().code()).as("%s", answer.get()).isZero();
            }
        }
        assertThat(everything(pod)).isEqualTo(before);
        assertThat(data).isEmptyDirectory();
    }

    private Call add(ScratchNetns pod, String arguments) {
        return Call.of("ADD", pod.path(), data, arguments);
    }

    private Call del(ScratchNetns pod) {
        return Call.of("DEL", pod.path(), data, "");
    }

    static String arguments(String sources, String gateways) {
        StringBuilder routes = new StringBuilder();
        for (String source : sources.split(",")) {
            routes.append(routes.isEmpty() ? "" : ",").append("{\"srcPrefix\":\"" + source + "\"}");
        }
        String quoted = gateways.isEmpty() ? "" : "\"" + gateways.replace(",", "\",\"") + "\"";
        return "\"gateways\":[" + quoted + "],\"policyRoutes\":[" + routes + "]";
    }

    static void connect(ScratchNetns pod) {
        inside(pod, kernel -> {
            kernel.addVeth("v0", "v1");
            int v0 = link(kernel);
            kernel.setUp(v0, true);
            kernel.setUp(Objects.requireNonNull(kernel.link("v1")).index(), true);
            kernel.add(new Address(v0, IpAddress.parse("169.254.100.5"), 24, 0, 0, 0));
            return kernel.add(new Address(v0, IpAddress.parse("fd00::5"), 64, 0, Address.FLAG_NODAD, 0));
        });
    }

    private static int link(Rtnetlink kernel) {
        return Objects.requireNonNull(kernel.link("v0")).index();
    }

    private static <T> T inside(ScratchNetns pod, Function<Rtnetlink, T> ask) {
        return pod.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                return ask.apply(new Rtnetlink(socket));
            }
        });
    }

    static void set(ScratchNetns pod, String name, String value) {
        pod.call(() -> {
            Sysctl.SYSTEM.write(name, value);
            return name;
        });
    }

    private static String get(ScratchNetns pod, String name) {
        return pod.call(() -> Sysctl.SYSTEM.read(name));
    }

    /** Those that the tests here change, one line each. */
    static List<String> sysctls(ScratchNetns pod) {
        return Stream.of(
                        "net/ipv4/fib_multipath_hash_policy",
                        "net/ipv6/fib_multipath_hash_policy",
                        "net/ipv4/fib_multipath_use_neigh",
                        "net/ipv4/conf/all/arp_announce",
                        "net/ipv4/conf/all/arp_ignore",
                        "net/ipv4/conf/all/rp_filter",
                        "net/ipv4/ip_forward")
                .map(name -> name + " = " + get(pod, name))
                .toList();
    }

    /** Rules and routes with our protocol number, IPv4 first, in short. */
    private static List<String> ours(ScratchNetns pod) {
        List<String> lines = new ArrayList<>();
        inside(pod, kernel -> {
            for (IpFamily family : IpFamily.values()) {
                for (Rule rule : kernel.rules(family)) {
                    if (rule.protocol() == RouteProtocol.L34 && rule.priority() == 1000) {
                        lines.add("from " + rule.source() + " lookup " + rule.table());
                    }
                }
                for (Route route : kernel.routes(family)) {
                    if (route.protocol() == RouteProtocol.L34
                            && route.destination().length() == 0) {
                        lines.add(route.destination() + " table " + route.table() + " " + way(route));
                    }
                }
            }
            return lines;
        });
        return lines;
    }

    private static String way(Route route) {
        return route.type() == RouteType.UNICAST
                ? "via " + route.nextHops().stream().map(NextHop::gateway).toList()
                : route.type().name();
    }

    /** Every rule and route of the pod but the kernel's own, some of which come a moment after the link. */
    static List<String> everything(ScratchNetns pod) {
        return inside(pod, kernel -> {
            List<String> lines = new ArrayList<>();
            for (IpFamily family : IpFamily.values()) {
                kernel.rules(family).forEach(rule -> lines.add(rule.toString()));
                for (Route route : kernel.routes(family)) {
                    if (route.protocol() != RouteProtocol.KERNEL) {
                        lines.add(route.toString());
                    }
                }
            }
            return lines;
        });
    }
}
