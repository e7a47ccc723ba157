// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

/**
 * Transport ports from {@code first} to {@code last}, both included. Ordered by first, then last.
 *
 * @param first 0..65535, not above {@code last}
 * @param last 0..65535
 */
public record PortRange(int first, int last) implements Comparable<PortRange> {
    /** Every port: {@code 0-65535}. */
    public static final PortRange ALL = new PortRange(0, 0xFFFF);

    /** @throws IllegalArgumentException when a port does not fit 16 bits or the range is backwards; the message quotes both */
    public PortRange {
        if (first < 0 || last > 0xFFFF || first > last) {
            throw new IllegalArgumentException("want ports 0 <= first <= last <= 65535, got " + first + "-" + last);
        }
    }

    /** The range of one port. */
    public static PortRange of(int port) {
        return new PortRange(port, port);
    }

    public boolean contains(int port) {
        return first <= port && port <= last;
    }

    @Override
    public int compareTo(PortRange other) {
        int byFirst = Integer.compare(first, other.first);
        return byFirst != 0 ? byFirst : Integer.compare(last, other.last);
    }

    /** {@code 80} or {@code 80-90}, as nft and people write it. */
    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
