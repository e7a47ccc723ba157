// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.l34gateway.ip.IpAddress;

/**
 * Which slot the kernel picks for a packet: nftables' {@code jhash}, worked out in Java for tests and explanations.
 *
 * <p>Bytes: the addresses, source first, then the ports, source first, all as in the packet. The slot is
 * {@code hash * slots >> 32} (Linux net/netfilter/nft_hash.c, {@code reciprocal_scale}), not a remainder. The kernel reads words in its own byte order;
 * this is the little-endian one, of amd64 and arm64.
 */
public record FlowHash(int seed) {
    private static final int JHASH_INITVAL = 0xDEADBEEF;

    /** The hash of a program's flows: every VIP and group of a Gateway uses the same. */
    public static FlowHash of(long programSeed) {
        return new FlowHash(Long.hashCode(programSeed));
    }

    /** The slot of a TCP or UDP packet. */
    public int slot(IpAddress source, IpAddress destination, int sourcePort, int destinationPort, int slots) {
        return scale(
                ByteBuffer.allocate(36)
                        .put(source.toBytes())
                        .put(destination.toBytes())
                        .putShort((short) sourcePort)
                        .putShort((short) destinationPort),
                slots);
    }

    /** The slot of an SCTP packet: ports only, so that the paths of a multihomed association stay together. */
    public int slot(int sourcePort, int destinationPort, int slots) {
        return scale(ByteBuffer.allocate(4).putShort((short) sourcePort).putShort((short) destinationPort), slots);
    }

    /** The slot of a packet without ports: ping and other protocols. */
    public int slot(IpAddress source, IpAddress destination, int slots) {
        return scale(ByteBuffer.allocate(32).put(source.toBytes()).put(destination.toBytes()), slots);
    }

    /** The slot of whatever these bytes stand for; a multiple of 4. */
    public int slot(byte[] bytes, int slots) {
        return scale(ByteBuffer.allocate(bytes.length).put(bytes), slots);
    }

    private int scale(ByteBuffer written, int slots) {
        long hash = jhash(written.flip().order(ByteOrder.LITTLE_ENDIAN), seed) & 0xFFFFFFFFL;
        return (int) ((hash * slots) >>> 32);
    }

    /** Bob Jenkins' lookup3 as in Linux include/linux/jhash.h; the length is a multiple of 4 here. */
    static int jhash(ByteBuffer key, int initval) {
        int length = key.remaining();
        int a = JHASH_INITVAL + length + initval;
        int b = a;
        int c = a;
        while (key.remaining() > 12) {
            a += key.getInt();
            b += key.getInt();
            c += key.getInt();
            a = a - c ^ Integer.rotateLeft(c, 4);
            c += b;
            b = b - a ^ Integer.rotateLeft(a, 6);
            a += c;
            c = c - b ^ Integer.rotateLeft(b, 8);
            b += a;
            a = a - c ^ Integer.rotateLeft(c, 16);
            c += b;
            b = b - a ^ Integer.rotateLeft(a, 19);
            a += c;
            c = c - b ^ Integer.rotateLeft(b, 4);
            b += a;
        }
        if (!key.hasRemaining()) {
            return c;
        }
        a += key.getInt();
        b += key.hasRemaining() ? key.getInt() : 0;
        c += key.hasRemaining() ? key.getInt() : 0;
        c = (c ^ b) - Integer.rotateLeft(b, 14);
        a = (a ^ c) - Integer.rotateLeft(c, 11);
        b = (b ^ a) - Integer.rotateLeft(a, 25);
        c = (c ^ b) - Integer.rotateLeft(b, 16);
        a = (a ^ c) - Integer.rotateLeft(c, 4);
        b = (b ^ a) - Integer.rotateLeft(a, 14);
        return (c ^ b) - Integer.rotateLeft(b, 24);
    }
}
