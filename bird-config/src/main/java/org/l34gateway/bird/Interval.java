// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Times as BIRD writes them: a whole number with the unit s, ms or us; it knows no minutes and no fractions. */
final class Interval {
    private static final long MAX_MICROS = 0xFFFF_FFFFL;

    private Interval() {}

    /** RFC 5880 §4.1 has 32 bits of microseconds for an interval. */
    static void requireSendable(String what, @Nullable Duration time) {
        if (time == null) {
            return;
        }
        boolean fits = !time.isNegative() && time.toSeconds() <= MAX_MICROS / 1_000_000;
        if (!fits || time.toNanosPart() % 1_000 != 0 || micros(time) < 1 || micros(time) > MAX_MICROS) {
            throw new IllegalArgumentException(what + " is 1.." + MAX_MICROS + " whole microseconds, got " + time);
        }
    }

    /** {@code 2 s}, {@code 300 ms}, {@code 1500 us}: the largest unit that needs no fraction. */
    static String text(Duration time) {
        long micros = micros(time);
        if (micros % 1_000_000 == 0) {
            return micros / 1_000_000 + " s";
        }
        return micros % 1_000 == 0 ? micros / 1_000 + " ms" : micros + " us";
    }

    private static long micros(Duration time) {
        return time.toSeconds() * 1_000_000 + time.toNanosPart() / 1_000;
    }
}
