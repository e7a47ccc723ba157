// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpAddress;

/** The messages as nf_tables reads them: NftablesElementsKernelTest has the kernel judge them. */
class NftablesElementsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/nftables-elements.hex");

    @Test
    void changes_are_written_as_in_the_golden_file() throws IOException {
        IpAddress moved = IpAddress.parse("20.0.0.1");
        IpAddress same = IpAddress.parse("20.0.0.2");
        List<Message> messages = NftablesElements.messages(
                "t",
                List.of(
                        new MapChange.Marks("m", 0x10000, new char[] {1, 2, 3, 4}, new char[] {1, 0, 5, 4, 6}),
                        new MapChange.Gotos("v4", Map.of(moved, "one", same, "one"), Map.of(moved, "two", same, "one")),
                        new MapChange.Gotos("v6", Map.of(), Map.of(IpAddress.parse("fd20::1"), "one"))));
        StringBuilder text = new StringBuilder();
        for (Message message : messages) {
            text.append(message.name()).append(' ').append(message.about()).append('\n');
            byte[] bytes = message.bytes(0, 0);
            for (int at = 0; at < bytes.length; at += 16) {
                text.append("  ")
                        .append(HexFormat.ofDelimiter(" ").formatHex(bytes, at, Math.min(bytes.length, at + 16)))
                        .append('\n');
            }
        }
        if ("update".equals(System.getProperty("golden"))) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, text);
        }
        assertThat(text).hasToString(Files.readString(GOLDEN));
    }
}
