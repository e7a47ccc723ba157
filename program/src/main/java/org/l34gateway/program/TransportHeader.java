// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** The first bytes behind the IP header and its extensions, as in the packet. A packet may end within them. */
public final class TransportHeader {
    private static final int PORTS_BYTES = 4;

    private final byte[] bytes;

    private TransportHeader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of these. */
    public static TransportHeader of(byte[] bytes) {
        return new TransportHeader(bytes.clone());
    }

    /** A whole header of zeros behind the ports. */
    public static TransportHeader of(Protocol protocol, int sourcePort, int destinationPort) {
        var source = PortRange.of(sourcePort);
        var destination = PortRange.of(destinationPort);
        return new TransportHeader(ByteBuffer.allocate(protocol.headerBytes())
                .putShort((short) source.first())
                .putShort((short) destination.first())
                .array());
    }

    public int length() {
        return bytes.length;
    }

    /** Whether ports are in it, if the protocol has some. */
    boolean holdsPorts() {
        return bytes.length >= PORTS_BYTES;
    }

    /** The unsigned number of up to 4 bytes that begins at an offset, in network byte order. */
    public long number(int offset, int length) {
        long number = 0;
        for (int at = offset; at < offset + length; at++) {
            number = (number << Byte.SIZE) | (bytes[at] & 0xFF);
        }
        return number;
    }

    /** A copy. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TransportHeader header && Arrays.equals(bytes, header.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "0x" + HexFormat.of().formatHex(bytes);
    }
}
