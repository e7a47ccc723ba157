// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The messages as nf_tables reads them: NftablesKernelTest has the kernel judge them. */
class OperationWriterTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/nftables.hex");

    @Test
    void operations_are_written_as_in_the_golden_file() throws IOException {
        StringBuilder text = new StringBuilder();
        write(EveryOperation.INET, EveryOperation.operations(), text);
        write(EveryOperation.INET, EveryOperation.removals(), text);
        write(EveryOperation.NETDEV, List.of(new Operation.AddRules("c", "", EveryOperation.forwards())), text);
        if ("update".equals(System.getProperty("golden"))) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, text);
        }
        assertThat(text).hasToString(Files.readString(GOLDEN));
    }

    private static void write(TableName table, List<Operation> operations, StringBuilder text) {
        for (Operation operation : operations) {
            text.append(operation).append('\n');
            for (Message message : OperationWriter.messages(new TableChange(table, List.of(operation)))) {
                byte[] bytes = message.bytes(0, 0);
                text.append("  ").append(message.name()).append('\n');
                for (int at = 0; at < bytes.length; at += 16) {
                    text.append("    ")
                            .append(HexFormat.ofDelimiter(" ").formatHex(bytes, at, Math.min(bytes.length, at + 16)))
                            .append('\n');
                }
            }
        }
    }

    @Test
    void the_golden_file_has_every_kind() {
        Set<String> operations = Stream.of(EveryOperation.operations(), EveryOperation.removals())
                .flatMap(List::stream)
                .map(each -> each.getClass().getSimpleName())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(operations).containsAll(kinds(Operation.class));
        Set<String> expressions = Stream.of(EveryOperation.rules(), EveryOperation.forwards())
                .flatMap(List::stream)
                .flatMap(List::stream)
                .map(each -> each.getClass().getSimpleName())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(expressions).containsAll(kinds(Expression.class));
    }

    private static Set<String> kinds(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .flatMap(each -> each.isSealed() ? Arrays.stream(each.getPermittedSubclasses()) : Stream.of(each))
                .map(Class::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
