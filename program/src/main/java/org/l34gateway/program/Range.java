// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.math.BigInteger;
import org.l34gateway.ip.IpPrefix;

/** Numbers from the first to the last: ports, or addresses of one family. */
public record Range(BigInteger first, BigInteger last) {
    /** @throws IllegalArgumentException when the last comes before the first */
    public Range {
        if (first.compareTo(last) > 0) {
            throw new IllegalArgumentException("want a range that ascends, got " + first + ".." + last);
        }
    }

    public static Range of(PortRange ports) {
        return new Range(BigInteger.valueOf(ports.first()), BigInteger.valueOf(ports.last()));
    }

    /** The addresses of a prefix. */
    public static Range of(IpPrefix prefix) {
        BigInteger first = new BigInteger(1, prefix.address().toBytes());
        BigInteger size = BigInteger.ONE.shiftLeft(prefix.family().bits() - prefix.length());
        return new Range(first, first.add(size).subtract(BigInteger.ONE));
    }

    public boolean isSingle() {
        return first.equals(last);
    }

    /** The number behind the last. */
    BigInteger end() {
        return last.add(BigInteger.ONE);
    }
}
