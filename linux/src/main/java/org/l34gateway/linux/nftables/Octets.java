// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import org.l34gateway.ip.IpAddress;

/**
 * Bytes that never change: what is compared with a packet, or an element's key or value. Registers have 4 bytes, so a value
 * that is part of a longer one is padded at its end. Ordered as the kernel compares them, byte by byte from the first.
 */
public final class Octets implements Comparable<Octets> {
    static final int WORD_BYTES = Integer.BYTES;

    /** 2³² divided by the golden ratio: what the last bytes differ by is far from any multiple of it. */
    private static final int FACTOR = 0x9E3779B1;

    private final byte[] bytes;

    private Octets(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of these. */
    public static Octets of(byte[] bytes) {
        return new Octets(bytes.clone());
    }

    /** An address as packets have it. */
    public static Octets of(IpAddress address) {
        return new Octets(address.toBytes());
    }

    /** A number of 4 bytes in the machine's byte order, as packet marks and hashes are. */
    public static Octets host(int number) {
        return new Octets(ByteBuffer.allocate(WORD_BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(number)
                .array());
    }

    /** The lower bytes of a number in network byte order, as packets have it: 1, 2 or 4 bytes. */
    public static Octets network(int number, int bytes) {
        byte[] all = ByteBuffer.allocate(WORD_BYTES).putInt(number).array();
        return new Octets(Arrays.copyOfRange(all, WORD_BYTES - bytes, WORD_BYTES));
    }

    /** Text padded with zeros, as interface names are. */
    public static Octets padded(String text, int bytes) {
        return new Octets(Arrays.copyOf(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII), bytes));
    }

    /** This and then the other, which begins at a register's border. */
    public Octets then(Octets next) {
        int begin = (bytes.length + WORD_BYTES - 1) / WORD_BYTES * WORD_BYTES;
        byte[] both = Arrays.copyOf(bytes, begin + next.bytes.length);
        System.arraycopy(next.bytes, 0, both, begin, next.bytes.length);
        return new Octets(both);
    }

    /** A copy of the first of them. */
    public byte[] first(int count) {
        return Arrays.copyOf(bytes, count);
    }

    public int length() {
        return bytes.length;
    }

    /** A copy. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** The first 4 bytes as a number in the machine's byte order; 0 when there are too few. */
    public int hostNumber() {
        return bytes.length < WORD_BYTES
                ? 0
                : ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt();
    }

    @Override
    public int compareTo(Octets other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Octets octets && Arrays.equals(bytes, octets.bytes);
    }

    /** Not {@code Arrays.hashCode}: marks and addresses that are near each other have few hashes with its factor. */
    @Override
    public int hashCode() {
        int hash = 0;
        for (byte each : bytes) {
            hash = hash * FACTOR + each;
        }
        return hash;
    }

    /** {@code 0x} and two hexadecimal digits for each byte. */
    @Override
    public String toString() {
        return "0x" + HexFormat.of().formatHex(bytes);
    }
}
