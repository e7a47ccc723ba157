// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.nftables.Operation;
import org.l34gateway.linux.nftables.TableChange;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.program.Backend;
import org.l34gateway.program.ByteMatch;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.PortRange;
import org.l34gateway.program.Protocol;
import org.l34gateway.program.TargetGroup;

/** The rules of whole programs, as golden files that the kernel has judged. */
class TablePlanTest {
    private static final Path GOLDENS = Path.of("src/test/resources/golden");

    /** A program and the name of its golden file. */
    record Row(String name, ForwardingProgram program) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> programs() {
        return Stream.of(
                new Row("empty", ForwardingProgram.empty(Programs.SEED)),
                new Row("example", Programs.example(8, Set.of(1, 2, 3, 4))),
                new Row("no-target", Programs.example(8, Set.of())),
                new Row("partly-attached", partlyAttached()),
                new Row("weights", weights()),
                new Row("overlapping-routes", overlapping()),
                new Row("byte-matches", byteMatches()),
                new Row("prefixes", prefixes()));
    }

    /** A prefix in another, with a VIP in it. */
    private static ForwardingProgram prefixes() {
        String[] wide = {"20.0.0.0/16", "fd20::/48"};
        String[] narrow = {"20.0.0.0/24", "20.0.0.1", "fd20::/64"};
        return new ForwardingProgram(
                Programs.SEED,
                List.of(
                        Programs.group("uid-a", 8, Set.of(1, 2), wide),
                        Programs.group("uid-b", 8, Set.of(2, 3), narrow)),
                List.of(
                        Programs.flow("ns/narrow", 2, Set.of(Protocol.TCP), "uid-b", narrow),
                        Programs.flow("ns/wide", 1, Set.of(Protocol.TCP, Protocol.UDP), "uid-a", wide)));
    }

    /** Two flows that only their bytes tell apart, the first with as many as a route may have, and one for all else. */
    private static ForwardingProgram byteMatches() {
        List<ByteMatch> many = new ArrayList<>();
        for (int bit = 0; bit < 32; bit++) {
            many.add(new ByteMatch(Protocol.UDP, bit % 2 * 4, 4, 1L << bit, 0));
        }
        return new ForwardingProgram(
                Programs.SEED,
                List.of(
                        Programs.group("uid-a", 8, Set.of(1), "20.0.0.1", "fd20::1"),
                        Programs.group("uid-b", 8, Set.of(2), "20.0.0.1", "fd20::1")),
                List.of(
                        Programs.matching("ns/many", 3, many, "uid-a"),
                        Programs.matching("ns/one", 2, List.of(new ByteMatch(Protocol.UDP, 4, 2, 0xFFFF, 8)), "uid-b"),
                        Programs.flow("ns/rest", 1, Set.of(Protocol.UDP), "uid-a", "20.0.0.1", "fd20::1")));
    }

    /** The second VIP is new: only one of the pods holds it yet. */
    private static ForwardingProgram partlyAttached() {
        return new ForwardingProgram(
                Programs.SEED,
                List.of(new TargetGroup(
                        "uid-a",
                        "ns/a",
                        8,
                        List.of(
                                Programs.target(1, "20.0.0.1", "40.0.0.1"),
                                Programs.target(2, "20.0.0.1"),
                                Programs.target(3, "20.0.0.1")))),
                List.of(Programs.flow("ns/r", 1, Set.of(Protocol.TCP), "uid-a", "20.0.0.1", "40.0.0.1", "50.0.0.1")));
    }

    private static ForwardingProgram weights() {
        return new ForwardingProgram(
                Programs.SEED,
                List.of(
                        Programs.group("uid-a", 8, Set.of(1, 2), "20.0.0.1"),
                        Programs.group("uid-b", 8, Set.of(), "20.0.0.1"),
                        Programs.group("uid-c", 8, Set.of(3), "20.0.0.1")),
                List.of(new Flow(
                        "ns/r",
                        1,
                        List.of(IpPrefix.parse("20.0.0.1")),
                        List.of(),
                        List.of(),
                        List.of(),
                        Set.of(Protocol.TCP),
                        List.of(new Backend("uid-a", 3), new Backend("uid-b", 1), new Backend("uid-c", 0)))));
    }

    private static ForwardingProgram overlapping() {
        return new ForwardingProgram(
                Programs.SEED,
                List.of(
                        Programs.group("uid-a", 8, Set.of(1), "20.0.0.1", "fd20::1"),
                        Programs.group("uid-b", 8, Set.of(2), "20.0.0.1", "fd20::1")),
                List.of(
                        new Flow(
                                "ns/narrow",
                                10,
                                List.of(IpPrefix.parse("20.0.0.1"), IpPrefix.parse("fd20::1")),
                                List.of(
                                        IpPrefix.parse("10.0.0.0/8"),
                                        IpPrefix.parse("10.1.0.0/16"),
                                        IpPrefix.parse("192.0.2.7"),
                                        IpPrefix.parse("2001:db8::/32")),
                                List.of(new PortRange(1024, 65535)),
                                List.of(PortRange.of(80), new PortRange(81, 90), new PortRange(85, 100)),
                                Set.of(Protocol.TCP, Protocol.SCTP),
                                List.of(new Backend("uid-a", 1))),
                        new Flow(
                                "ns/only-ipv4-clients",
                                5,
                                List.of(IpPrefix.parse("20.0.0.1"), IpPrefix.parse("fd20::1")),
                                List.of(IpPrefix.parse("0.0.0.0/0")),
                                List.of(PortRange.ALL),
                                List.of(),
                                Set.of(Protocol.UDP),
                                List.of(new Backend("uid-b", 1)))));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void a_program_is_written_as_in_its_golden_file(Row row) throws IOException {
        golden(row.name(), shown(plansForNothing(row.program())));
    }

    @Tag("kernel")
    @ExtendWith(InScratchNetns.class)
    @ParameterizedTest
    @MethodSource("programs")
    void the_kernel_takes_what_is_written_and_holds_it(Row row) {
        withInterface();
        try (KernelTables tables = KernelTables.open()) {
            run(row.program(), tables);
            tables.forget();
            assertThat(plans(row.program(), tables)).as("a second plan").allMatch(TablePlan::isEmpty);
        }
    }

    /** Two targets more: slots that have a former target. */
    @Tag("kernel")
    @ExtendWith(InScratchNetns.class)
    @Test
    void a_handover_is_written_as_in_its_golden_file_and_taken_by_the_kernel() throws IOException {
        withInterface();
        try (KernelTables tables = KernelTables.open()) {
            run(Programs.example(8, Set.of(1, 2)), tables);
            ForwardingProgram four = Programs.example(8, Set.of(1, 2, 3, 4));
            golden("handover", shown(plans(four, tables)));
            run(four, tables);
            tables.forget();
            assertThat(plans(four, tables)).as("a second plan").allMatch(TablePlan::isEmpty);
        }
    }

    /** Else packets that are on their way when the rules change find neither the old ones nor the new ones. */
    @Tag("kernel")
    @ExtendWith(InScratchNetns.class)
    @Test
    void chains_are_there_before_packets_are_sent_to_them_and_go_after() {
        withInterface();
        try (KernelTables tables = KernelTables.open()) {
            run(overlapping(), tables);
            TablePlan plan = plans(weights(), tables).getLast();
            assertThat(plan.come()).hasAtLeastOneElementOfType(Operation.AddRules.class);
            assertThat(plan.move()).hasAtLeastOneElementOfType(Operation.AddElements.class);
            assertThat(plan.go())
                    .hasAtLeastOneElementOfType(Operation.RemoveRules.class)
                    .hasAtLeastOneElementOfType(Operation.RemoveChain.class);
            assertThat(plan.come())
                    .doesNotHaveAnyElementsOfTypes(Operation.RemoveElements.class, Operation.RemoveRules.class);
            assertThat(plan.move())
                    .doesNotHaveAnyElementsOfTypes(
                            Operation.AddRules.class, Operation.RemoveRules.class, Operation.RemoveChain.class);
        }
    }

    /** Else packets that have read of a slot that there is more to say about it find nothing about it. */
    @Tag("kernel")
    @ExtendWith(InScratchNetns.class)
    @Test
    void what_there_was_to_say_about_a_slot_goes_after_the_slot_has_its_target() {
        withInterface();
        try (KernelTables tables = KernelTables.open()) {
            run(Programs.example(8, Set.of(1, 2)), tables);
            ForwardingProgram four = Programs.example(8, Set.of(1, 2, 3, 4));
            run(four, tables);
            WantedTable settled = wanted(four, Map.of()).getLast();
            PresentTable present = tables.read(Tables.DECIDES);
            TablePlan plan = TablePlan.decide(settled, present, Scope.all(settled, present));
            assertThat(plan.move().stream().map(TablePlanTest::changedMap)).containsExactly("slots_1021_0");
            assertThat(plan.go().stream().map(TablePlanTest::changedMap)).containsExactly("moved_1021_0");
        }
    }

    /**
     * Else packets that have not found the service where it comes now find the VIP's new chain, which leaves the service to
     * the map that they have asked before.
     */
    @Tag("kernel")
    @ExtendWith(InScratchNetns.class)
    @Test
    void a_service_comes_before_its_vip_has_a_chain_without_it_and_goes_after() {
        withInterface();
        try (KernelTables tables = KernelTables.open()) {
            run(someClientsFirst(true), tables);
            TablePlan comes = plans(someClientsFirst(false), tables).getLast();
            assertThat(setsChanged(comes.move())).contains("services4").doesNotContain("dispatch4");
            assertThat(setsChanged(comes.follow())).containsOnly("dispatch4");
            run(someClientsFirst(false), tables);
            TablePlan goes = plans(someClientsFirst(true), tables).getLast();
            assertThat(setsChanged(goes.move())).contains("dispatch4").doesNotContain("services4");
            assertThat(goes.follow()).isEmpty();
            assertThat(setsChanged(goes.go())).contains("services4");
        }
    }

    /** Port 80 of the VIP is a service unless another flow for some of the clients comes first. */
    private static ForwardingProgram someClientsFirst(boolean first) {
        List<IpPrefix> vip = List.of(IpPrefix.parse("20.0.0.1"));
        Set<Protocol> tcp = Set.of(Protocol.TCP);
        List<Backend> one = List.of(new Backend("uid-a", 1));
        return new ForwardingProgram(
                Programs.SEED,
                List.of(
                        Programs.group("uid-a", 8, Set.of(1), "20.0.0.1"),
                        Programs.group("uid-b", 8, Set.of(2), "20.0.0.1")),
                List.of(
                        new Flow(
                                "ns/clients",
                                first ? 3 : 1,
                                vip,
                                List.of(IpPrefix.parse("10.0.0.0/8")),
                                List.of(),
                                List.of(new PortRange(70, 90)),
                                tcp,
                                List.of(new Backend("uid-b", 1))),
                        new Flow("ns/port", 2, vip, List.of(), List.of(), List.of(PortRange.of(80)), tcp, one)));
    }

    private static List<String> setsChanged(List<Operation> operations) {
        List<String> sets = new ArrayList<>();
        for (Operation operation : operations) {
            switch (operation) {
                case Operation.AddElements(var set, var _) -> sets.add(set);
                case Operation.RemoveElements(var set, var _) -> sets.add(set);
                default -> {}
            }
        }
        return sets;
    }

    private static String changedMap(Operation operation) {
        return ((Operation.ChangeNumbers) operation).change().map();
    }

    private static void withInterface() {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            new Rtnetlink(socket).addVeth("ext", "ext-peer");
        }
    }

    private static void run(ForwardingProgram program, KernelTables tables) {
        tables.apply(wanted(program, states(tables)));
    }

    private static List<TablePlan> plans(ForwardingProgram program, KernelTables tables) {
        return wanted(program, states(tables)).stream()
                .map(wanted -> {
                    PresentTable present = tables.read(wanted.name());
                    return TablePlan.decide(wanted, present, Scope.all(wanted, present));
                })
                .toList();
    }

    private static List<TablePlan> plansForNothing(ForwardingProgram program) {
        return wanted(program, Map.of()).stream()
                .map(wanted -> TablePlan.decide(wanted, PresentTable.none(), wanted.takeTouched()))
                .toList();
    }

    private static Map<String, int[]> states(KernelTables tables) {
        return SlotBanks.read(tables.read(Tables.DECIDES));
    }

    private static List<WantedTable> wanted(ForwardingProgram program, Map<String, int[]> states) {
        return ClassifierTest.blueprint(program, states).tables();
    }

    /** Each operation of each transaction. */
    private static String shown(List<TablePlan> plans) {
        StringBuilder text = new StringBuilder();
        for (List<TableChange> transaction : TablePlan.transactions(plans)) {
            text.append("# transaction\n");
            for (TableChange change : transaction) {
                text.append("# on ").append(change.table()).append('\n');
                change.operations().forEach(operation -> text.append(operation).append('\n'));
            }
        }
        return text.toString();
    }

    private static void golden(String name, String text) throws IOException {
        Path file = GOLDENS.resolve(name + ".rules");
        if ("update".equals(System.getProperty("golden"))) {
            Files.createDirectories(GOLDENS);
            Files.writeString(file, text);
        }
        assertThat(text).isEqualTo(Files.readString(file));
    }
}
