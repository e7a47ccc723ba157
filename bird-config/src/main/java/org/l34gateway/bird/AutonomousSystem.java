// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

/**
 * Number of an autonomous system (RFC 6793 §3): 1..4294967295; 0 is no system's number (RFC 7607).
 *
 * @param number the unsigned 32 bits as a long
 */
public record AutonomousSystem(long number) {
    /** What a gateway pod uses when a GatewayRouter names none. */
    public static final AutonomousSystem DEFAULT_LOCAL = new AutonomousSystem(8103);

    /** What an outside router is taken to use when a GatewayRouter names none. */
    public static final AutonomousSystem DEFAULT_REMOTE = new AutonomousSystem(4_248_829_953L);

    /** @throws IllegalArgumentException when the number is not 1..4294967295; the message quotes it */
    public AutonomousSystem {
        if (number < 1 || number > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("an AS number is 1..4294967295, got " + number);
        }
    }

    @Override
    public String toString() {
        return Long.toString(number);
    }
}
