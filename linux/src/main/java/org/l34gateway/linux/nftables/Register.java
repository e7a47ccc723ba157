// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

/**
 * A register of 4 bytes; a longer value fills the ones that follow. Every rule begins with undefined registers.
 *
 * @param number 0..15, NFT_REG32_00 and following
 */
public record Register(int number) {
    private static final int NFT_REG32_00 = 8;
    private static final int NFT_REG32_15 = 23;

    /** @throws IllegalArgumentException when there is no such register; the message quotes the number */
    public Register {
        if (number < 0 || number > NFT_REG32_15 - NFT_REG32_00) {
            throw new IllegalArgumentException("want a register of 0..15, got " + number);
        }
    }

    /** The register where a value of this many bytes would end, and the next could begin. */
    public Register after(int bytes) {
        return new Register(number + (bytes + Octets.WORD_BYTES - 1) / Octets.WORD_BYTES);
    }

    int code() {
        return NFT_REG32_00 + number;
    }

    @Override
    public String toString() {
        return "r" + number;
    }
}
