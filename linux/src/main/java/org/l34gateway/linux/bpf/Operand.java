// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

/** What an instruction reads beside its destination. */
public sealed interface Operand permits Register, Operand.Immediate {
    /** A number that is part of the instruction; 64-bit instructions extend its sign. */
    record Immediate(int value) implements Operand {
        @Override
        public String toString() {
            return Integer.toString(value);
        }
    }
}
