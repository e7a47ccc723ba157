// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

/**
 * A register of 64 bits (RFC 9669 §2.1). R0 is what a call returns and what the program ends with, R1 to R5 are a call's arguments
 * and lost by it, R6 to R9 are kept, R10 is the end of a stack of 512 bytes.
 */
public enum Register implements Operand {
    R0(0),
    R1(1),
    R2(2),
    R3(3),
    R4(4),
    R5(5),
    R6(6),
    R7(7),
    R8(8),
    R9(9),
    R10(10);

    private final int code;

    Register(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    @Override
    public String toString() {
        return "r" + code;
    }
}
