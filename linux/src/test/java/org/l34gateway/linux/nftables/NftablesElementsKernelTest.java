// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;

@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class NftablesElementsKernelTest {
    private static final int FIRST = 1 << 16;
    private static final char[] NONE = {};

    /** The two ways to the kernel, and a table; opened by each test inside its namespace. */
    private record Opened(Nftables nftables, NftablesElements elements) implements AutoCloseable {
        static Opened here() {
            Opened opened = new Opened(Nftables.open(), NftablesElements.open());
            opened.nftables.run("""
                    add table inet t
                    add map inet t m { type mark : mark; size 65537; }
                    add map inet t other { type mark : mark; }
                    add map inet t vips4 { type ipv4_addr : verdict; counter; }
                    add map inet t vips6 { type ipv6_addr : verdict; counter; }
                    add chain inet t one
                    add chain inet t two
                    """);
            return opened;
        }

        void change(MapChange... changes) {
            elements.change("t", List.of(changes));
        }

        String list(String map) {
            return nftables.list("list map inet t " + map);
        }

        @Override
        public void close() {
            elements.close();
            nftables.close();
        }
    }

    @Test
    void fills_and_changes_a_map_that_is_too_large_for_one_message() {
        char[] marks = new char[65_537];
        for (int i = 0; i < marks.length; i++) {
            marks[i] = (char) (1 + i % 100);
        }
        char[] changed = marks.clone();
        for (int i = 0; i < changed.length; i += 3) {
            changed[i] = (char) (i % 2 == 0 ? 0 : 60_000);
        }
        try (Opened opened = Opened.here()) {
            opened.change(new MapChange.Marks("m", FIRST, NONE, marks));
            assertThat(opened.elements().marks("t", "m", FIRST, marks.length)).isEqualTo(marks);
            opened.change(new MapChange.Marks("m", FIRST, marks, changed));
            assertThat(opened.elements().marks("t", "m", FIRST, marks.length)).isEqualTo(changed);
        }
    }

    @Test
    void writes_what_nft_reads() {
        IpAddress vip = IpAddress.parse("20.0.0.1");
        try (Opened opened = Opened.here()) {
            opened.change(
                    new MapChange.Marks("other", FIRST, NONE, new char[] {0, 7}),
                    new MapChange.Gotos("vips4", Map.of(), Map.of(vip, "one")),
                    new MapChange.Gotos("vips6", Map.of(), Map.of(IpAddress.parse("fd20::1"), "two")));
            assertThat(opened.list("other")).contains("\"elem\": [[65537, 7]]");
            assertThat(opened.list("vips4"))
                    .contains("20.0.0.1", "{\"goto\": {\"target\": \"one\"}}", "{\"packets\": 0, \"bytes\": 0}");
            assertThat(opened.list("vips6")).contains("fd20::1", "{\"goto\": {\"target\": \"two\"}}");

            opened.change(new MapChange.Gotos("vips4", Map.of(vip, "one"), Map.of(vip, "two")));
            assertThat(opened.list("vips4")).contains("{\"goto\": {\"target\": \"two\"}}");
            opened.change(new MapChange.Gotos("vips4", Map.of(vip, "two"), Map.of()));
            assertThat(opened.list("vips4")).doesNotContain("elem");
        }
    }

    @Test
    void a_refused_change_changes_nothing_names_its_map_and_is_forgotten() {
        char[] seven = {7};
        MapChange good = new MapChange.Marks("m", FIRST, NONE, seven);
        MapChange bad = new MapChange.Marks("other", FIRST, seven, NONE);
        try (Opened opened = Opened.here()) {
            assertThatExceptionOfType(KernelRefused.class)
                    .isThrownBy(() -> opened.change(good, bad, good))
                    .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.ENOENT))
                    .withMessageContaining("NFT_MSG_DELSETELEM t other");
            assertThat(opened.elements().marks("t", "m", FIRST, 1)).isEqualTo(new char[1]);
            assertThatExceptionOfType(KernelRefused.class)
                    .isThrownBy(() -> opened.elements().change("nowhere", List.of(good)))
                    .withMessageContaining("nowhere m");
            opened.change(good);
            assertThat(opened.elements().marks("t", "m", FIRST, 1)).isEqualTo(seven);
        }
    }

    @Test
    void a_map_that_is_not_there_is_empty() {
        try (Opened opened = Opened.here()) {
            assertThat(opened.elements().marks("t", "nowhere", FIRST, 2)).isEqualTo(new char[2]);
        }
    }

    @Test
    void no_change_is_no_batch() {
        try (Opened opened = Opened.here()) {
            opened.change();
            opened.change(new MapChange.Marks("nowhere", FIRST, NONE, NONE));
        }
    }
}
