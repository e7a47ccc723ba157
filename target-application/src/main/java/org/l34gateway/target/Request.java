// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import java.nio.charset.StandardCharsets;

/**
 * What a client asks for, after the server's first line. The protocol:
 *
 * <ul>
 *   <li>TCP: the server says {@code HOSTNAME\n} at once. Then each line of the client is answered: {@code send N\n} by
 *       N bytes of {@link #filler}, every other line by itself, until the client ends its side.
 *   <li>UDP: a datagram is answered by {@code HOSTNAME } and then by itself, or by N bytes of filler when it reads
 *       {@code send N}.
 * </ul>
 */
sealed interface Request {
    /** Longest line, and the largest N, that a server takes: 64 MiB. */
    int LARGEST_BYTES = 64 << 20;

    /** Answer with the request's own bytes. */
    record Echo() implements Request {}

    /** Answer with {@code bytes} bytes of filler, 0..{@link #LARGEST_BYTES}. */
    record Send(int bytes) implements Request {}

    /** What the first {@code length} bytes ask for; a line end may be among them. */
    static Request of(byte[] line, int length) {
        // Long lines are payload: only what can be a command is looked at.
        if (length < 6 || length > 16) return new Echo();
        String text = new String(line, 0, length, StandardCharsets.US_ASCII).strip();
        if (!text.matches("send [0-9]{1,9}")) return new Echo();
        int bytes = Integer.parseInt(text.substring(5));
        return bytes <= LARGEST_BYTES ? new Send(bytes) : new Echo();
    }

    /** The line that asks for {@code bytes} bytes. */
    static byte[] send(int bytes) {
        return ("send " + bytes + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The alphabet over and over, exactly {@code bytes} long; the last byte is a line end, so a filler is a line too. */
    static byte[] filler(int bytes) {
        byte[] filler = new byte[bytes];
        for (int i = 0; i < bytes; i++) filler[i] = (byte) ('a' + i % 26);
        if (bytes > 0) filler[bytes - 1] = '\n';
        return filler;
    }
}
