// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Instructions as the kernel reads them: BpfKernelTest has the kernel judge some. */
class AssemblerTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/bpf.txt");

    @Test
    void instructions_are_written_as_in_the_golden_file() throws IOException {
        String text = text(everything());
        if ("update".equals(System.getProperty("golden"))) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, text);
        }
        assertThat(text).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void the_golden_file_has_every_kind() {
        Set<String> kinds = everything().instructions().stream()
                .map(each -> each.getClass().getSimpleName())
                .collect(Collectors.toSet());
        assertThat(kinds)
                .containsAll(Arrays.stream(Instruction.class.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .toList());
    }

    @Test
    void labels_are_at_one_place() {
        Label label = new Label("there");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Assembler().jump(label).encode())
                .withMessageContaining("there");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Assembler().at(label).exit().at(label).encode())
                .withMessageContaining("there");
    }

    @Test
    void offsets_fit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Assembler()
                        .load(Instruction.Size.W, Register.R0, Register.R1, 0x8000)
                        .encode())
                .withMessageContaining("32768");
    }

    /** Each kind, each operation, condition and size. */
    private static Assembler everything() {
        Label end = new Label("end");
        Label again = new Label("again");
        Assembler all = new Assembler().at(again);
        for (Instruction.Operation operation : Instruction.Operation.values()) {
            all.compute(Register.R1, operation, Register.R9).compute(Register.R2, operation, -1);
            all.compute32(Register.R3, operation, Register.R4).compute32(Register.R5, operation, 0x7FFFFFFF);
        }
        for (Instruction.Condition condition : Instruction.Condition.values()) {
            all.jump(Register.R1, condition, Register.R2, end).jump(Register.R3, condition, 0xFFFF, again);
            all.jump32(Register.R4, condition, -1, end);
        }
        for (Instruction.Size size : Instruction.Size.values()) {
            all.load(size, Register.R6, Register.R7, 14).store(size, Register.R10, -8, Register.R8);
            all.store(size, Register.R10, -16, 7);
        }
        all.toNetworkOrder(Register.R1, 16).toNetworkOrder(Register.R1, 32);
        for (KernelFunction function : KernelFunction.values()) {
            all.call(function);
        }
        return all.loadMap(Register.R1, new MapReference("map", 7))
                .jump(again)
                .at(end)
                .exit();
    }

    private static String text(Assembler program) {
        byte[] code = program.encode();
        StringBuilder text = new StringBuilder();
        int at = 0;
        for (Instruction instruction : program.instructions()) {
            int length = switch (instruction) {
                case Instruction.Here _ -> 0;
                case Instruction.LoadMap _ -> 16;
                default -> 8;
            };
            text.append("%-34s%s%n"
                    .formatted(instruction, HexFormat.ofDelimiter(" ").formatHex(code, at, at + length))
                    .stripTrailing());
            text.append('\n');
            at += length;
        }
        return text.toString();
    }
}
