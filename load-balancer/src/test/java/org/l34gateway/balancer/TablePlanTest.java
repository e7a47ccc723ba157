// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.nftables.MapChange;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.program.Backend;
import org.l34gateway.program.Flow;
import org.l34gateway.program.FlowHash;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.PortRange;
import org.l34gateway.program.Protocol;
import org.l34gateway.program.TargetGroup;

/** The nft text of whole programs, as golden files that nft's own parser and the kernel have judged. */
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
                new Row("overlapping-routes", overlapping()));
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
        golden(row.name(), shown(plan(row.program(), PresentTable.NONE)));
    }

    @Tag("kernel")
    @ExtendWith(InScratchNetns.class)
    @ParameterizedTest
    @MethodSource("programs")
    void nft_and_the_kernel_take_what_is_written(Row row) {
        try (KernelTable table = KernelTable.open()) {
            plan(row.program(), PresentTable.NONE).steps().forEach(table::run);
            PresentTable present = table.read(Map.of());
            assertThat(plan(row.program(), present).steps()).as("a second plan").isEmpty();
        }
    }

    /** Two targets more: the rules for connections that stay where they are. */
    @Tag("kernel")
    @ExtendWith(InScratchNetns.class)
    @Test
    void a_handover_is_written_as_in_its_golden_file_and_taken_by_the_kernel() throws IOException {
        try (KernelTable table = KernelTable.open()) {
            plan(Programs.example(8, Set.of(1, 2)), PresentTable.NONE).steps().forEach(table::run);
            ForwardingProgram four = Programs.example(8, Set.of(1, 2, 3, 4));
            TablePlan plan = plan(four, table.read(Map.of()));
            golden("handover", shown(plan));
            plan.steps().forEach(table::run);
            assertThat(plan(four, table.read(Map.of())).steps())
                    .as("a second plan")
                    .isEmpty();
        }
    }

    static TablePlan plan(ForwardingProgram program, PresentTable present) {
        Set<IpFamily> families = Testbed.INTERFACES.families();
        Marks marks = Marks.decide(Forwarding.addresses(program, families), Map.of());
        Forwarding forwarding = Forwarding.of(program, families, marks);
        SlotMaps maps = SlotMaps.decide(forwarding.pools(), program.seed(), present.slotMaps());
        Handovers handovers = Handovers.next(maps, present.slotMaps(), Handovers.NONE, 1);
        boolean remembers = !handovers.isEmpty() || present.elements().containsKey(TableText.FLOWS);
        return TablePlan.decide(
                TableText.write(
                        forwarding,
                        Testbed.INTERFACES,
                        marks,
                        FlowHash.of(program.seed()),
                        new Slotting(maps, handovers, remembers)),
                present);
    }

    /** Each step; of marks only how many go and come. */
    private static String shown(TablePlan plan) {
        StringBuilder text = new StringBuilder();
        for (TablePlan.Step step : plan.steps()) {
            text.append("# transaction\n");
            switch (step) {
                case TablePlan.Step.Commands(var commands) -> text.append(commands);
                case TablePlan.Step.Elements(var changes) ->
                    changes.forEach(change -> text.append(shown(change)).append('\n'));
            }
        }
        return text.toString();
    }

    private static String shown(MapChange change) {
        return switch (change) {
            case MapChange.Marks marks -> marks.map() + ": " + marks.size() + " marks go or come";
            case MapChange.Gotos gotos -> gotos.map() + ": " + gotos.from() + " go, " + gotos.to() + " come";
        };
    }

    private static void golden(String name, String text) throws IOException {
        Path file = GOLDENS.resolve(name + ".nft");
        if ("update".equals(System.getProperty("golden"))) {
            Files.createDirectories(GOLDENS);
            Files.writeString(file, text);
        }
        assertThat(text).isEqualTo(Files.readString(file));
    }
}
