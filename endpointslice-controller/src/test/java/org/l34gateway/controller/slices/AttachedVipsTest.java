// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.api.NodeReport;
import org.l34gateway.api.Report;
import org.l34gateway.controller.Fixtures;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

class AttachedVipsTest {
    private static final Report.ObjectRef GATEWAY = new Report.ObjectRef("shop", "gw", "uid-gw");
    private static final Node NODE = Fixtures.node("node-a", "boot-1");
    private static final Pod POD = Fixtures.target("t", "app", "169.222.100.5");

    private static SortedSet<IpPrefix> vips(String... texts) {
        SortedSet<IpPrefix> vips = new TreeSet<>();
        Stream.of(texts).forEach(text -> vips.add(IpPrefix.parse(text)));
        return vips;
    }

    private static AnswerGate.Look gate(Set<IpFamily> nextHops, String... answered) {
        return new AnswerGate.Look(AnswerGate.NEW, vips(answered), nextHops, List.of(), Duration.ZERO);
    }

    private static NodeReport holding(String vips, String nextHops) {
        return Fixtures.nodeReport("node-a", "boot-1", Fixtures.holds("t", "10.0.0.9", "gw", vips, nextHops));
    }

    record Row(String name, NodeReport report, boolean had, AnswerGate.Look gate, boolean has) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        Set<IpFamily> v4 = EnumSet.of(IpFamily.IPV4);
        AnswerGate.Look open = gate(v4, "20.0.0.1/32");
        AnswerGate.Look closed = gate(v4);
        AnswerGate.Look noNextHop = gate(Set.of());
        NodeReport attached = holding("20.0.0.1/32", "169.222.100.1");
        NodeReport noHop = holding("20.0.0.1/32", "");
        NodeReport otherFamily = holding("20.0.0.1/32", "'fd00::1'");
        NodeReport nothing = Fixtures.nodeReport("node-a", "boot-1");
        NodeReport otherVip = holding("40.0.0.1/32", "169.222.100.1");
        NodeReport otherBoot = Fixtures.nodeReport(
                "node-a", "boot-0", Fixtures.holds("t", "10.0.0.9", "gw", "20.0.0.1/32", "169.222.100.1"));
        NodeReport otherSandbox = Fixtures.nodeReport(
                "node-a", "boot-1", Fixtures.holds("t", "10.0.0.77", "gw", "20.0.0.1/32", "169.222.100.1"));
        NodeReport otherGateway = Fixtures.nodeReport(
                "node-a", "boot-1", Fixtures.holds("t", "10.0.0.9", "gw2", "20.0.0.1/32", "169.222.100.1"));
        return Stream.of(
                new Row("attached and answered for: added", attached, false, open, true),
                new Row("attached but not answered for: not added", attached, false, closed, false),
                new Row("attached without a next hop: not added", noHop, false, open, false),
                new Row("attached with a next hop of the other family: not added", otherFamily, false, open, false),
                new Row("another VIP is attached: not added", otherVip, false, open, false),
                new Row("attached for another Gateway: not added", otherGateway, false, open, false),
                new Row("answers not carried any more by a newcomer: kept", attached, true, closed, true),
                new Row("this pod alone lost its next hops: removed", noHop, true, open, false),
                new Row("nobody has a next hop: kept", noHop, true, noNextHop, true),
                new Row("the report says no: removed", nothing, true, open, false),
                new Row("another VIP instead: removed", otherVip, true, open, false),
                new Row("a report of an earlier boot: removed", otherBoot, true, open, false),
                new Row("a report about an earlier sandbox: removed", otherSandbox, true, open, false),
                new Row("a report about an earlier sandbox: not added", otherSandbox, false, open, false));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void a_target_gets_packets_for_what_its_kernel_holds(Row row) {
        SortedSet<IpPrefix> wanted = vips("20.0.0.1/32");
        SortedSet<IpPrefix> before = row.had() ? wanted : vips();
        Held held = Held.by(POD, GATEWAY, NODE, row.report());
        assertThat(AttachedVips.of(wanted, before, held, row.gate())).isEqualTo(row.has() ? wanted : vips());
    }

    @ParameterizedTest
    @MethodSource("silences")
    void silence_neither_adds_nor_removes(Held silence) {
        SortedSet<IpPrefix> wanted = vips("20.0.0.1/32", "40.0.0.1/32");
        AnswerGate.Look open = gate(EnumSet.of(IpFamily.IPV4), "20.0.0.1/32", "40.0.0.1/32");
        assertThat(AttachedVips.of(wanted, vips("20.0.0.1/32", "9.9.9.9/32"), silence, open))
                .containsExactly(IpPrefix.parse("20.0.0.1/32"));
    }

    static Stream<Held> silences() {
        return Stream.of(
                Held.by(POD, GATEWAY, NODE, null), Held.by(POD, GATEWAY, null, holding("20.0.0.1/32", "1.1.1.1")));
    }
}
