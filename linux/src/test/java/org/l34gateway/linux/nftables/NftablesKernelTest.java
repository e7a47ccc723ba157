// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.ScratchNetns;

@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class NftablesKernelTest {
    private static final String TABLE = """
            add table inet t
            add map inet t m { type mark : mark; }
            add element inet t m { 65536 : 7 }
            """;

    @Test
    void runs_commands_and_lists_them_as_json() {
        try (Nftables nftables = Nftables.open()) {
            nftables.run(TABLE);
            assertThat(nftables.list("list map inet t m")).contains("\"elem\": [[65536, 7]]");
            assertThat(nftables.listWithoutElements("list table inet t"))
                    .contains("\"name\": \"m\"")
                    .doesNotContain("elem");
        }
    }

    @Test
    void does_nothing_when_one_command_is_refused_and_says_which() {
        try (Nftables nftables = Nftables.open()) {
            assertThatExceptionOfType(NftablesRefused.class)
                    .isThrownBy(() -> nftables.run(TABLE + "add element inet t nowhere { 1 : 2 }\n"))
                    .withMessageContaining("nowhere")
                    .withMessageContaining("No such file or directory");
            assertThat(nftables.list("list tables")).doesNotContain("\"table\"");
        }
    }

    @Test
    void forgets_the_errors_of_a_refused_command() {
        try (Nftables nftables = Nftables.open()) {
            assertThatExceptionOfType(NftablesRefused.class).isThrownBy(() -> nftables.run("nonsense"));
            nftables.run(TABLE);
            assertThatExceptionOfType(NftablesRefused.class)
                    .isThrownBy(() -> nftables.list("list map inet t other"))
                    .withMessageNotContaining("nonsense");
        }
    }

    @Test
    void a_check_judges_and_changes_nothing() {
        try (Nftables nftables = Nftables.open()) {
            nftables.check(TABLE);
            assertThatExceptionOfType(NftablesRefused.class)
                    .isThrownBy(() -> nftables.check("add rule inet t c ip daddr 1.2.3.400 drop"));
            assertThat(nftables.list("list tables")).doesNotContain("\"table\"");
        }
    }

    @Test
    void stays_in_the_namespace_in_which_it_was_opened(ScratchNetns other) {
        try (Nftables nftables = other.call(Nftables::open)) {
            nftables.run(TABLE);
            assertThat(nftables.list("list tables")).contains("\"t\"");
        }
        try (Nftables here = Nftables.open()) {
            assertThat(here.list("list tables")).doesNotContain("\"t\"");
        }
    }

    @Test
    void a_closed_context_is_refused_and_closing_twice_is_harmless() {
        Nftables nftables = Nftables.open();
        nftables.close();
        nftables.close();
        assertThatIllegalStateException().isThrownBy(() -> nftables.run(TABLE));
    }
}
