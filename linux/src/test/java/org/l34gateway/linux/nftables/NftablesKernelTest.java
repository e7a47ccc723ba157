// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.nftables.SetShape.Datum;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;

@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class NftablesKernelTest {
    private static final TableName INET = EveryOperation.INET;
    private static final int[] NOTHING = {};

    private static List<TableChange> inet(List<Operation> operations) {
        return List.of(new TableChange(INET, operations));
    }

    /** What nft, which knows nothing of us, reads. */
    private static String nft(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("nft"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void the_kernel_takes_every_operation_and_nft_reads_what_was_meant() throws Exception {
        try (Nftables nftables = Nftables.open()) {
            List<TableChange> both = new ArrayList<>(inet(EveryOperation.operations()));
            both.add(new TableChange(
                    EveryOperation.NETDEV,
                    List.of(
                            new Operation.AddTable(),
                            new Operation.AddChain("c"),
                            new Operation.AddHookedChain(
                                    new HookedChain("at_lo", HookedChain.Hook.INGRESS, 10, false, "lo")),
                            new Operation.AddRules("at_lo", "", EveryOperation.forwards()))));
            nftables.run(both);
            assertThat(nft("list", "ruleset"))
                    .contains(
                            "type filter hook prerouting priority raw - 10; policy accept;",
                            "type filter hook forward priority filter; policy drop;",
                            "type route hook output priority mangle; policy accept;",
                            "type filter hook ingress device \"lo\" priority filter; policy accept;",
                            "@nh,128,32 @addresses",
                            "@nh,128,32 != @addresses",
                            "meta length <= 1500",
                            "th dport 80-90 counter packets 0 bytes 0 drop",
                            "th dport vmap @ports",
                            "comment \"a note\"",
                            "elements = { 0x00000005 : 0x00000007, 0x00000007 : 0x00000009 }",
                            "elements = { 80-89 : goto one, 90-99 : goto two }",
                            "elements = { fd20::1 : jump one }",
                            "elements = { 0x00000001 : 215679573381144830513811895868694400695694534256768036697775454289921",
                            "fwd ip to 10.0.0.1 device \"lo\"",
                            "fwd ip6 to fd00::1 device \"lo\"");
            nftables.run(inet(EveryOperation.removals()));
            assertThat(nftables.sets(INET)).containsExactly("addresses", "flows", "numbers", "rows", "vips");
            assertThat(nftables.chains(INET).keySet())
                    .containsExactlyInAnyOrder("first", "last", "routed", "at_lo", "one");
            assertThat(nftables.counters(INET)).containsOnlyKeys("seen");
        }
    }

    @Test
    void everything_is_read_again() {
        try (Nftables nftables = Nftables.open()) {
            nftables.run(inet(EveryOperation.operations()));
            Map<String, Nftables.Chain> chains = nftables.chains(INET);
            assertThat(chains)
                    .containsEntry("one", new Nftables.Chain(false, List.of(""), Set.of()))
                    .containsEntry(
                            "first",
                            new Nftables.Chain(
                                    true,
                                    Collections.nCopies(EveryOperation.rules().size(), "a note"),
                                    Set.of("addresses", "numbers", "ports", "flows", "one")));
            assertThat(nftables.sets(INET)).containsExactly("addresses", "flows", "numbers", "ports", "rows", "vips");
            assertThat(nftables.elements(INET, "ports"))
                    .containsExactlyInAnyOrder(
                            Element.leads(Octets.network(80, 2), "one"),
                            Element.end(Octets.network(90, 2)),
                            Element.leads(Octets.network(90, 2), "two"),
                            Element.end(Octets.network(100, 2)));
            Octets address = Octets.of(IpAddress.parse("20.0.0.1"));
            assertThat(nftables.elements(INET, "addresses")).containsExactly(Element.member(address));
            assertThat(nftables.counts(INET, "addresses"))
                    .containsExactly(Map.entry(address, new Nftables.Count(0, 0)));
            assertThat(nftables.elements(INET, "numbers"))
                    .containsExactlyInAnyOrder(
                            Element.data(Octets.host(5), Octets.host(7)), Element.data(Octets.host(7), Octets.host(9)));
            assertThat(nftables.counters(INET)).containsOnlyKeys("seen", "gone");
        }
    }

    @Test
    void what_is_not_there_is_empty() {
        try (Nftables nftables = Nftables.open()) {
            assertThat(nftables.chains(INET)).isEmpty();
            assertThat(nftables.sets(INET)).isEmpty();
            assertThat(nftables.elements(INET, "nowhere")).isEmpty();
            assertThat(nftables.counters(INET)).isEmpty();
            nftables.run(inet(List.of(new Operation.AddTable())));
            assertThat(nftables.numbers(INET, "nowhere", 1, 2)).isEqualTo(new int[2]);
            nftables.run(List.of());
        }
    }

    @Test
    void fills_and_changes_a_map_that_is_too_large_for_one_message() {
        int[] values = new int[65_537];
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 + i % 100;
        }
        int[] changed = values.clone();
        for (int i = 0; i < changed.length; i += 3) {
            changed[i] = i % 2 == 0 ? 0 : 1 << 30;
        }
        fillsAndChanges(Datum.MARK, 1, values, changed);
    }

    @Test
    void fills_and_changes_a_map_of_rows() {
        int rows = 3_000;
        int[] values = new int[rows * 8];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 56 < 8 ? 0 : i;
        }
        int[] changed = values.clone();
        for (int i = 0; i < changed.length; i += 17) {
            changed[i] = -1;
        }
        fillsAndChanges(Datum.ROW, 8, values, changed);
    }

    private static void fillsAndChanges(Datum value, int rowLength, int[] values, int[] changed) {
        SetShape shape = new SetShape("m", List.of(Datum.MARK), value, Set.of(), values.length / rowLength);
        try (Nftables nftables = Nftables.open()) {
            nftables.run(inet(List.of(
                    new Operation.AddTable(),
                    new Operation.AddSet(shape),
                    new Operation.ChangeNumbers(new NumberMap("m", 0, rowLength, NOTHING, values)))));
            assertThat(nftables.numbers(INET, "m", rowLength, values.length)).isEqualTo(values);
            nftables.run(inet(List.of(new Operation.ChangeNumbers(new NumberMap("m", 0, rowLength, values, changed)))));
            assertThat(nftables.numbers(INET, "m", rowLength, values.length)).isEqualTo(changed);
        }
    }

    @Test
    void a_refused_transaction_changes_nothing_names_its_reason_and_is_forgotten() {
        try (Nftables nftables = Nftables.open()) {
            nftables.run(inet(EveryOperation.operations()));
            int generation = nftables.generation();
            Operation good = new Operation.AddChain("three");
            Operation bad = new Operation.RemoveElements(
                    "addresses", List.of(Element.member(Octets.of(IpAddress.parse("20.0.0.9")))));
            assertThatExceptionOfType(KernelRefused.class)
                    .isThrownBy(() -> nftables.run(List.of(
                            new TableChange(EveryOperation.NETDEV, List.of(new Operation.AddTable(), good)),
                            new TableChange(INET, List.of(good, bad, new Operation.AddChain("four"))))))
                    .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.ENOENT))
                    .withMessageContaining("NFT_MSG_DELSETELEM inet t addresses");
            assertThat(nftables.chains(INET)).doesNotContainKey("three");
            assertThat(nftables.chains(EveryOperation.NETDEV)).isEmpty();
            assertThat(nftables.generation()).isEqualTo(generation);
            nftables.run(inet(List.of(good)));
            assertThat(nftables.chains(INET)).containsKey("three");
            assertThat(nftables.generation()).isEqualTo(generation + 1);
        }
    }

    @Test
    void stays_in_the_namespace_in_which_it_was_opened(ScratchNetns other) {
        try (Nftables nftables = other.call(Nftables::open);
                Nftables here = Nftables.open()) {
            nftables.run(inet(EveryOperation.operations()));
            assertThat(nftables.sets(INET)).isNotEmpty();
            assertThat(here.sets(INET)).isEmpty();
        }
    }
}
