// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.cni.AttachmentRecord;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.cni.PodRef;
import org.l34gateway.cni.host.JvmHost;
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
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.Rtnetlink;

/** {@code loopback-vip} in real namespaces, on the JVM and as native executable. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class VipExecutableTest {
    private static final String BOTH = "\"vips\":[\"20.0.0.1/32\",\"2000::1/128\"]";

    @TempDir
    private Path data;

    static List<PluginExecutable> executables() {
        return PluginExecutable.of(new VipPlugin());
    }

    @ParameterizedTest
    @MethodSource("executables")
    void vips_come_once_and_go_without_a_trace(PluginExecutable plugin, ScratchNetns pod) {
        Call add = add(pod, BOTH);
        Answer answer = add.on(plugin);

        assertThat(answer.json().source())
                .isEqualTo("{\"cniVersion\":\"1.1.0\",\"interfaces\":[{\"name\":\"f1\",\"mac\":\"00:00:00:00:00:00\","
                        + "\"sandbox\":\"" + pod.path() + "\"}],\"dns\":{}}");
        assertThat(add.on(plugin).code()).isZero();
        assertThat(vips(pod)).containsExactly("20.0.0.1", "2000::1");
        assertThat(add.with("CNI_COMMAND", "CHECK").on(plugin).code()).isZero();
        assertThat(del(pod).on(plugin).code()).isZero();
        assertThat(vips(pod)).isEmpty();
        assertThat(data).isEmptyDirectory();
        assertThat(del(pod).on(plugin).code()).isZero();
        assertThat(kernel(Rtnetlink::addresses)).noneMatch(address -> address.protocol() == 134);
    }

    @ParameterizedTest
    @MethodSource("executables")
    void an_ipv6_vip_is_usable_at_once_and_marked_as_ours(PluginExecutable plugin, ScratchNetns pod) {
        add(pod, BOTH).on(plugin);

        assertThat(addresses(pod))
                .filteredOn(a -> a.protocol() == 134)
                .hasSize(2)
                .allSatisfy(a -> assertThat(a.flags() & Address.FLAG_TENTATIVE).isZero());
    }

    @ParameterizedTest
    @MethodSource("executables")
    void another_add_changes_the_vips(PluginExecutable plugin, ScratchNetns pod) {
        add(pod, BOTH).on(plugin);
        add(pod, "\"vips\":[\"20.0.0.1\",\"40.0.0.1/32\"]").on(plugin);

        assertThat(vips(pod)).containsExactly("20.0.0.1", "40.0.0.1");
    }

    @ParameterizedTest
    @MethodSource("executables")
    void a_prefix_is_a_local_route_and_goes_without_a_trace(PluginExecutable plugin, ScratchNetns pod) {
        Call add = add(pod, "\"vips\":[\"20.0.0.0/24\",\"20.0.0.1\",\"2000::/64\"]");
        assertThat(add.on(plugin).code()).isZero();
        assertThat(add.on(plugin).code()).isZero();
        assertThat(vips(pod)).containsExactly("20.0.0.1");
        assertThat(prefixes(pod)).containsExactly("20.0.0.0/24", "2000::/64");
        for (String address : List.of("20.0.0.0", "20.0.0.255")) {
            assertThat(pod.call(() -> bound(address))).isTrue();
        }
        assertThat(add.with("CNI_COMMAND", "CHECK").on(plugin).code()).isZero();

        add(pod, "\"vips\":[\"20.0.0.0/25\",\"2000::/64\"]").on(plugin);
        assertThat(vips(pod)).isEmpty();
        assertThat(prefixes(pod)).containsExactly("20.0.0.0/25", "2000::/64");

        assertThat(del(pod).on(plugin).code()).isZero();
        assertThat(prefixes(pod)).isEmpty();
        assertThat(data).isEmptyDirectory();
    }

    @ParameterizedTest
    @MethodSource("executables")
    void a_prefix_stays_while_another_attachment_holds_it_and_is_found_without_a_record(
            PluginExecutable plugin, ScratchNetns pod) throws IOException {
        add(pod, "\"vip\":\"20.0.0.0/24\"").on(plugin);
        add(pod, "\"vip\":\"20.0.0.0/24\"").with("CNI_IFNAME", "f2").on(plugin);
        assertThat(del(pod).on(plugin).code()).isZero();
        assertThat(prefixes(pod)).containsExactly("20.0.0.0/24");

        Files.writeString(data.resolve("c1@f2.json"), "garbage");
        assertThat(del(pod).with("CNI_IFNAME", "f2").on(plugin).code()).isZero();
        assertThat(prefixes(pod)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("executables")
    void check_misses_a_prefix(PluginExecutable plugin, ScratchNetns pod) {
        Call add = add(pod, "\"vip\":\"2000::/64\"");
        add.on(plugin);
        pod.call(() -> kernel(k -> k.delete(Route.local(IpPrefix.parse("2000::/64"), 1))));
        Answer answer = add.with("CNI_COMMAND", "CHECK").on(plugin);
        assertThat(answer.code()).isEqualTo(101);
        assertThat(answer.json().text("msg")).contains("2000::/64");
    }

    @ParameterizedTest
    @MethodSource("executables")
    void a_prefix_around_a_network_of_the_pod_is_refused(PluginExecutable plugin, ScratchNetns pod) {
        pod.call(() -> kernel(k -> {
            k.addVeth("net1", "far");
            Link link = Objects.requireNonNull(k.link("net1"));
            return k.add(new Address(link.index(), IpAddress.parse("10.1.0.5"), 24, Address.SCOPE_UNIVERSE, 0, 0));
        }));
        for (String overlapping : List.of("10.0.0.0/8", "10.1.0.0/24", "10.1.0.128/25")) {
            Answer answer =
                    add(pod, "\"vips\":[\"40.0.0.1\",\"" + overlapping + "\"]").on(plugin);
            assertThat(answer.code()).as(overlapping).isEqualTo(7);
            assertThat(answer.json().text("msg"))
                    .isEqualTo("vip " + overlapping + " overlaps with 10.1.0.0/24, to which the pod is connected");
        }
        assertThat(vips(pod)).isEmpty();
        assertThat(prefixes(pod)).isEmpty();
        assertThat(add(pod, "\"vip\":\"10.2.0.0/16\"").on(plugin).code()).isZero();
    }

    @ParameterizedTest
    @MethodSource("executables")
    void takes_the_reference_s_single_vip_and_the_network_s_own(PluginExecutable plugin, ScratchNetns pod) {
        assertThat(add(pod, "\"vip\":\"20.0.0.1/32\"").on(plugin).code()).isZero();
        assertThat(vips(pod)).containsExactly("20.0.0.1");

        Call own = add(pod, "").replacing("\"type\"", "\"vip\":\"40.0.0.1/32\",\"type\"");
        assertThat(own.on(plugin).code()).isZero();
        assertThat(vips(pod)).containsExactly("40.0.0.1");
    }

    @ParameterizedTest
    @MethodSource("executables")
    void a_vip_stays_while_another_attachment_of_the_pod_holds_it(PluginExecutable plugin, ScratchNetns pod) {
        add(pod, BOTH).on(plugin);
        add(pod, "\"vips\":[\"20.0.0.1/32\"]").with("CNI_IFNAME", "f2").on(plugin);

        del(pod).on(plugin);
        assertThat(vips(pod)).containsExactly("20.0.0.1");
        del(pod).with("CNI_IFNAME", "f2").on(plugin);
        assertThat(vips(pod)).isEmpty();
        assertThat(data).isEmptyDirectory();
    }

    @ParameterizedTest
    @MethodSource("executables")
    void del_finds_the_namespace_by_the_record(PluginExecutable plugin, ScratchNetns pod) {
        add(pod, BOTH).on(plugin);

        assertThat(del(pod).without("CNI_NETNS").on(plugin).code()).isZero();
        assertThat(vips(pod)).isEmpty();
        assertThat(data).isEmptyDirectory();
    }

    @ParameterizedTest
    @MethodSource("executables")
    void del_succeeds_when_the_namespace_is_gone(PluginExecutable plugin, ScratchNetns pod) {
        add(pod, BOTH).on(plugin);
        pod.close();

        assertThat(del(pod).on(plugin).code()).isZero();
        assertThat(del(pod).without("CNI_NETNS").on(plugin).code()).isZero();
        assertThat(data).isEmptyDirectory();
    }

    @ParameterizedTest
    @MethodSource("executables")
    void what_a_daemon_changed_in_a_running_pod_is_what_del_removes(PluginExecutable plugin, ScratchNetns pod) {
        add(pod, BOTH).on(plugin);
        var records = new AttachmentRecords(new JvmHost(), data.toString());
        AttachmentRecord record = records.list().getFirst();
        assertThat(record.who().pod()).isEqualTo(new PodRef("red", "target-1", "u-1"));

        VipAttachment.apply(
                records, record.who(), List.of(IpPrefix.parse("20.0.0.1/32"), IpPrefix.parse("40.0.0.1/32")));
        assertThat(vips(pod)).containsExactly("20.0.0.1", "40.0.0.1");

        assertThat(del(pod).on(plugin).code()).isZero();
        assertThat(vips(pod)).isEmpty();
        assertThat(records.list()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("executables")
    void garbage_in_the_record_s_place_stops_neither_del_nor_add(PluginExecutable plugin, ScratchNetns pod)
            throws IOException {
        for (String garbage : List.of("", "{", "[]", "{\"format\":1}", "{\"format\":2,\"vips\":[]}", "\0\0\0")) {
            add(pod, BOTH).on(plugin);
            Files.writeString(data.resolve("c1@f1.json"), garbage);
            assertThat(del(pod).on(plugin).code()).as(garbage).isZero();
            assertThat(vips(pod)).as(garbage).isEmpty();
            assertThat(data).isEmptyDirectory();

            Files.writeString(data.resolve("c1@f1.json"), garbage);
            assertThat(add(pod, BOTH).on(plugin).code()).as(garbage).isZero();
            assertThat(del(pod).on(plugin).code()).isZero();
            assertThat(data).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @MethodSource("executables")
    void a_record_of_another_boot_takes_nothing_away(PluginExecutable plugin, ScratchNetns pod) throws IOException {
        add(pod, BOTH).on(plugin);
        Path record = data.resolve("c1@f1.json");
        Files.writeString(record, Files.readString(record).replaceFirst("\"bootId\":\"[^\"]*", "\"bootId\":\"old"));

        assertThat(del(pod).on(plugin).code()).isZero();
        assertThat(vips(pod)).containsExactly("20.0.0.1", "2000::1");
        assertThat(data).isEmptyDirectory();
    }

    @ParameterizedTest
    @MethodSource("executables")
    void a_failing_add_takes_back_what_it_did(PluginExecutable plugin, ScratchNetns pod) {
        pod.call(() -> {
            Sysctl.SYSTEM.write("net/ipv6/conf/all/disable_ipv6", "1");
            Sysctl.SYSTEM.write("net/ipv6/conf/lo/disable_ipv6", "1");
            return null;
        });

        Answer answer = add(pod, BOTH).on(plugin);
        assertThat(answer.code()).isEqualTo(100);
        assertThat(answer.json().text("msg")).contains("RTM_NEWADDR", "2000::1", "EACCES");
        assertThat(vips(pod)).isEmpty();
        assertThat(data).isEmptyDirectory();

        add(pod, "\"vip\":\"40.0.0.1\"").on(plugin);
        assertThat(add(pod, BOTH).on(plugin).code()).isEqualTo(100);
        assertThat(vips(pod)).containsExactly("40.0.0.1");
        del(pod).on(plugin);
        assertThat(vips(pod)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("executables")
    void check_names_what_is_missing(PluginExecutable plugin, ScratchNetns pod) {
        Call check = add(pod, BOTH).with("CNI_COMMAND", "CHECK");
        assertThat(check.on(plugin).code()).isEqualTo(3);

        add(pod, BOTH).on(plugin);
        pod.call(() -> kernel(k -> k.delete(Address.host(1, IpAddress.parse("20.0.0.1")))));
        assertThat(check.on(plugin).code()).isEqualTo(101);
        assertThat(check.on(plugin).json().text("msg")).contains("20.0.0.1/32");
    }

    @ParameterizedTest
    @MethodSource("executables")
    void the_previous_result_is_passed_on_byte_for_byte(PluginExecutable plugin, ScratchNetns pod) {
        String previous = "{ \"cniVersion\":\"1.1.0\",\t\"x\" : [1.0, 1e2, \"\\u00e9\u00e9\"] }";
        Call add = add(pod, BOTH).replacing("\"type\"", "\"prevResult\":" + previous + ",\"type\"");

        assertThat(add.on(plugin).stdout()).isEqualTo(previous);
    }

    @ParameterizedTest
    @MethodSource("executables")
    void gc_removes_what_the_runtime_does_not_know(PluginExecutable plugin, ScratchNetns pod) {
        add(pod, "\"vip\":\"20.0.0.1\"").on(plugin);
        add(pod, "\"vip\":\"20.0.0.2\"").with("CNI_IFNAME", "f2").on(plugin);
        add(pod, "\"vip\":\"20.0.0.3\"")
                .with("CNI_IFNAME", "f3")
                .replacing("\"net\"", "\"other\"")
                .on(plugin);

        Call gc = add(pod, "")
                .with("CNI_COMMAND", "GC")
                .replacing(
                        "\"type\"",
                        "\"cni.dev/valid-attachments\":[{\"containerID\":\"c1\",\"ifname\":\"f2\"}],\"type\"");
        assertThat(gc.on(plugin).code()).isZero();
        assertThat(vips(pod)).containsExactly("20.0.0.2", "20.0.0.3");
    }

    @ParameterizedTest
    @MethodSource("executables")
    void refuses_what_is_no_vip_and_changes_nothing(PluginExecutable plugin, ScratchNetns pod) {
        for (String bad : List.of(
                "0.0.0.0/0", "127.0.0.1", "126.0.0.0/7", "0.0.0.0", "224.0.0.1", "::1", "::/0", "ff02::1", "x", "")) {
            Answer answer = add(pod, "\"vips\":[\"40.0.0.1\",\"" + bad + "\"]").on(plugin);
            assertThat(answer.code()).as(bad).isEqualTo(7);
            assertThat(vips(pod)).isEmpty();
        }
        assertThat(add(pod, "").on(plugin).code()).isEqualTo(7);
        assertThat(add(pod, "\"vips\":\"20.0.0.1\"").on(plugin).code()).isEqualTo(7);
        assertThat(add(pod, "\"vips\":[1]").on(plugin).code()).isEqualTo(7);
        assertThat(data).isEmptyDirectory();
    }

    @ParameterizedTest
    @MethodSource("executables")
    void twenty_at_once_do_not_disturb_each_other(PluginExecutable plugin, ScratchNetns pod) throws Exception {
        List<Callable<Answer>> adds = new ArrayList<>();
        List<Callable<Answer>> dels = new ArrayList<>();
        TreeSet<String> wanted = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
            String ifname = "f" + i;
            String own = "20.0.1." + (10 + i);
            Call add = add(pod, "\"vips\":[\"20.0.0.1\",\"" + own + "\"]").with("CNI_IFNAME", ifname);
            adds.add(() -> add.on(plugin));
            dels.add(() -> del(pod).with("CNI_IFNAME", ifname).on(plugin));
            wanted.add(own);
        }
        wanted.add("20.0.0.1");
        try (var threads = Executors.newFixedThreadPool(20)) {
            for (var answer : threads.invokeAll(adds)) {
                assertThat(answer.get().code()).as("%s", answer.get()).isZero();
            }
            assertThat(vips(pod)).containsExactlyElementsOf(wanted);
            for (var answer : threads.invokeAll(dels)) {
                assertThat(answer.get().code()).as("%s", answer.get()).isZero();
            }
        }
        assertThat(vips(pod)).isEmpty();
        assertThat(data).isEmptyDirectory();
    }

    private Call add(ScratchNetns pod, String arguments) {
        return Call.of("ADD", pod.path(), data, arguments);
    }

    private Call del(ScratchNetns pod) {
        return Call.of("DEL", pod.path(), data, "");
    }

    private static List<Address> addresses(ScratchNetns pod) {
        return pod.call(() -> kernel(Rtnetlink::addresses));
    }

    /** Host addresses on any interface but the loopback address of IPv6, in order. */
    static List<String> vips(ScratchNetns pod) {
        TreeSet<IpAddress> found = new TreeSet<>();
        for (Address address : addresses(pod)) {
            if (address.prefix().isHost() && address.scope() == Address.SCOPE_UNIVERSE) {
                found.add(address.address());
            }
        }
        return found.stream().map(Object::toString).toList();
    }

    /** Prefixes of local routes of ours, in order. */
    static List<String> prefixes(ScratchNetns pod) {
        return pod.call(() -> kernel(k -> {
            TreeSet<IpPrefix> found = new TreeSet<>();
            for (IpFamily family : IpFamily.values()) {
                for (Route route : k.routes(family)) {
                    if (route.protocol() == 134) {
                        assertThat(route.table()).isEqualTo(Route.TABLE_LOCAL);
                        found.add(route.destination());
                    }
                }
            }
            return found.stream().map(IpPrefix::toString).toList();
        }));
    }

    private static boolean bound(String address) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            return socket.isBound();
        }
    }

    private static <T> T kernel(Function<Rtnetlink, T> ask) {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            return ask.apply(new Rtnetlink(socket));
        }
    }
}
