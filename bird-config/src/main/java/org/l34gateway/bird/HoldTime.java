// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.time.Duration;

/**
 * BGP Hold Time as sent in OPEN (RFC 4271 §4.2).
 *
 * @param seconds 0 for a session that never expires, else 3..65535
 */
public record HoldTime(int seconds) {
    /** What a GatewayRouter gets that names none. */
    public static final HoldTime DEFAULT = new HoldTime(3);

    /** @throws IllegalArgumentException when the value can not be sent; the message quotes it */
    public HoldTime {
        if (seconds < 0 || seconds > 0xFFFF || seconds == 1 || seconds == 2) {
            throw new IllegalArgumentException("a BGP hold time is 0 or 3..65535 seconds, got " + seconds);
        }
    }

    /**
     * Of a time that a user wrote.
     *
     * @throws IllegalArgumentException when the time has parts of a second or can not be sent; the message quotes it
     */
    public static HoldTime of(Duration time) {
        if (time.toNanosPart() != 0 || time.isNegative() || time.toSeconds() > 0xFFFF) {
            throw new IllegalArgumentException("a BGP hold time is 0 or 3..65535 whole seconds, got " + time);
        }
        return new HoldTime((int) time.toSeconds());
    }
}
