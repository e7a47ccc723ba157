// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

import java.util.Locale;

/**
 * An instruction (RFC 9669 §4 and §5), of those that programs here are made of. Texts are for humans: {@code wN} is the lower half of
 * {@code rN}, {@code u16[r1 + 2]} two bytes of memory.
 */
public sealed interface Instruction {
    /** How much of a register an instruction works with; writing the lower half clears the upper one. */
    enum Width {
        /** The lower half (classes ALU and JMP32). */
        HALF,
        /** All of it (classes ALU64 and JMP). */
        WHOLE;

        String name(Operand operand) {
            return this == HALF && operand instanceof Register register ? "w" + register.code() : operand.toString();
        }
    }

    /** What is worked out (RFC 9669 §4.1). */
    enum Operation {
        ADD(0x0, "+="),
        SUB(0x1, "-="),
        MUL(0x2, "*="),
        OR(0x4, "|="),
        AND(0x5, "&="),
        LSH(0x6, "<<="),
        RSH(0x7, ">>="),
        XOR(0xA, "^="),
        MOV(0xB, "=");

        private final int code;
        private final String text;

        Operation(int code, String text) {
            this.code = code;
            this.text = text;
        }

        int code() {
            return code;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** When there is a jump; numbers are unsigned (RFC 9669 §4.3). */
    enum Condition {
        JEQ(0x1, "=="),
        JGT(0x2, ">"),
        JGE(0x3, ">="),
        JSET(0x4, "&"),
        JNE(0x5, "!="),
        JLT(0xA, "<"),
        JLE(0xB, "<=");

        private final int code;
        private final String text;

        Condition(int code, String text) {
            this.code = code;
            this.text = text;
        }

        int code() {
            return code;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** How many bytes of memory (RFC 9669 §5). */
    enum Size {
        W(0, 32),
        H(1, 16),
        B(2, 8),
        DW(3, 64);

        private final int code;
        private final int bits;

        Size(int code, int bits) {
            this.code = code;
            this.bits = bits;
        }

        int code() {
            return code;
        }

        @Override
        public String toString() {
            return "u" + bits;
        }
    }

    /** {@code to = to OPERATION operand}. */
    record Compute(Width width, Operation operation, Register to, Operand operand) implements Instruction {
        @Override
        public String toString() {
            return width.name(to) + " " + operation + " " + width.name(operand);
        }
    }

    /** The lower bits change between network byte order and the machine's, the others become 0; 16, 32 or 64. */
    record ToNetworkOrder(Register to, int bits) implements Instruction {
        @Override
        public String toString() {
            return to + " = be" + bits + " " + to;
        }
    }

    /** Reads memory; what is shorter than the register becomes an unsigned number. */
    record Load(Size size, Register to, Register from, int offset) implements Instruction {
        @Override
        public String toString() {
            return to + " = " + memory(size, from, offset);
        }
    }

    /** Writes memory. */
    record Store(Size size, Register to, int offset, Operand from) implements Instruction {
        @Override
        public String toString() {
            return memory(size, to, offset) + " = " + from;
        }
    }

    /** The address of a map (RFC 9669 §5.4.2); the kernel exchanges the file descriptor for it. */
    record LoadMap(Register to, MapReference map) implements Instruction {
        @Override
        public String toString() {
            return to + " = map " + map.name();
        }
    }

    /** Goes on at a label if the condition holds. */
    record Jump(Width width, Register what, Condition condition, Operand operand, Label to) implements Instruction {
        @Override
        public String toString() {
            return "if " + width.name(what) + " " + condition + " " + width.name(operand) + " goto " + to;
        }
    }

    /** Goes on at a label. */
    record Goto(Label to) implements Instruction {
        @Override
        public String toString() {
            return "goto " + to;
        }
    }

    record Call(KernelFunction function) implements Instruction {
        @Override
        public String toString() {
            return "call " + function;
        }
    }

    /** The program ends with what is in R0. */
    record Exit() implements Instruction {
        @Override
        public String toString() {
            return "exit";
        }
    }

    /** The place of a label; no instruction of the machine. */
    record Here(Label label) implements Instruction {
        @Override
        public String toString() {
            return label + ":";
        }
    }

    private static String memory(Size size, Register base, int offset) {
        return String.format(Locale.ROOT, "%s[%s %s %d]", size, base, offset < 0 ? "-" : "+", Math.abs(offset));
    }
}
