// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

import java.util.Arrays;

/** A 48-bit link-layer address (IEEE 802). Written as {@code 02:00:5e:00:53:01}. */
public final class MacAddress {
    private static final String DIGITS = "0123456789abcdef";

    private final byte[] bytes;

    private MacAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Of 6 bytes, which are copied.
     *
     * @throws IllegalArgumentException when there are more or less
     */
    public static MacAddress of(byte[] bytes) {
        if (bytes.length != 6) {
            throw new IllegalArgumentException("a MAC address has 6 bytes, got " + bytes.length);
        }
        return new MacAddress(Arrays.copyOf(bytes, 6));
    }

    /**
     * Reads six pairs of hexadecimal digits with colons between.
     *
     * @throws IllegalArgumentException when the text is something else; the message quotes it
     */
    public static MacAddress parse(String text) {
        byte[] bytes = new byte[6];
        boolean wellFormed = text.length() == 17;
        for (int i = 0; wellFormed && i < 6; i++) {
            int high = Character.digit(text.charAt(i * 3), 16);
            int low = Character.digit(text.charAt(i * 3 + 1), 16);
            wellFormed = high >= 0 && low >= 0 && (i == 5 || text.charAt(i * 3 + 2) == ':');
            bytes[i] = (byte) (high << 4 | low);
        }
        if (!wellFormed) {
            throw new IllegalArgumentException("not a MAC address: \"" + text + "\"");
        }
        return new MacAddress(bytes);
    }

    /** A copy of the 6 bytes. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, bytes.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MacAddress mac && Arrays.equals(bytes, mac.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(17);
        for (int i = 0; i < bytes.length; i++) {
            text.append(i == 0 ? "" : ":");
            text.append(DIGITS.charAt(bytes[i] >> 4 & 0xF)).append(DIGITS.charAt(bytes[i] & 0xF));
        }
        return text.toString();
    }
}
