// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.nftables.Operation;
import org.l34gateway.linux.nftables.TableName;
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
            assertThat(plans(row.program(), tables).values())
                    .as("a second plan")
                    .allMatch(TablePlan::isEmpty);
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
            assertThat(plans(four, tables).values()).as("a second plan").allMatch(TablePlan::isEmpty);
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
            TablePlan plan = Objects.requireNonNull(plans(weights(), tables).get(Tables.DECIDES));
            List<List<Operation>> transactions = plan.transactions();
            assertThat(having(transactions, Operation.AddRules.class)).containsExactly(0);
            assertThat(having(transactions, Operation.AddElements.class)).contains(1);
            assertThat(having(transactions, Operation.RemoveElements.class)).doesNotContain(0);
            assertThat(having(transactions, Operation.RemoveRules.class)).containsExactly(2);
            assertThat(having(transactions, Operation.RemoveChain.class)).containsExactly(2);
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
            List<List<Operation>> transactions = TablePlan.decide(settled, present, Scope.all(settled, present))
                    .transactions();
            assertThat(transactions.stream().map(TablePlanTest::changedMaps))
                    .containsExactly(Set.of("slots_1021_0"), Set.of("moved_1021_0"));
        }
    }

    private static Set<String> changedMaps(List<Operation> transaction) {
        return transaction.stream()
                .map(operation -> ((Operation.ChangeNumbers) operation).change().map())
                .collect(Collectors.toSet());
    }

    /** The transactions that have such an operation. */
    private static List<Integer> having(List<List<Operation>> transactions, Class<? extends Operation> kind) {
        return IntStream.range(0, transactions.size())
                .filter(i -> transactions.get(i).stream().anyMatch(kind::isInstance))
                .boxed()
                .toList();
    }

    private static void withInterface() {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            new Rtnetlink(socket).addVeth("ext", "ext-peer");
        }
    }

    private static void run(ForwardingProgram program, KernelTables tables) {
        wanted(program, states(tables)).forEach(tables::apply);
    }

    private static Map<TableName, TablePlan> plans(ForwardingProgram program, KernelTables tables) {
        Map<TableName, TablePlan> plans = new LinkedHashMap<>();
        for (WantedTable wanted : wanted(program, states(tables))) {
            PresentTable present = tables.read(wanted.name());
            plans.put(wanted.name(), TablePlan.decide(wanted, present, Scope.all(wanted, present)));
        }
        return plans;
    }

    private static Map<TableName, TablePlan> plansForNothing(ForwardingProgram program) {
        Map<TableName, TablePlan> plans = new LinkedHashMap<>();
        for (WantedTable wanted : wanted(program, Map.of())) {
            plans.put(wanted.name(), TablePlan.decide(wanted, PresentTable.none(), wanted.takeTouched()));
        }
        return plans;
    }

    private static Map<String, int[]> states(KernelTables tables) {
        return SlotBanks.read(tables.read(Tables.DECIDES));
    }

    private static List<WantedTable> wanted(ForwardingProgram program, Map<String, int[]> states) {
        return ClassifierTest.blueprint(program, states).tables();
    }

    /** Each operation of each transaction. */
    private static String shown(Map<TableName, TablePlan> plans) {
        StringBuilder text = new StringBuilder();
        plans.forEach((table, plan) -> {
            for (List<Operation> transaction : plan.transactions()) {
                text.append("# transaction on ").append(table).append('\n');
                transaction.forEach(operation -> text.append(operation).append('\n'));
            }
        });
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
