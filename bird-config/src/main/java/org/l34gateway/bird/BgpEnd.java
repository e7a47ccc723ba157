// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

/**
 * One end of a BGP session.
 *
 * @param port TCP port that this end listens on, 1..65535
 * @param system its autonomous system
 */
public record BgpEnd(int port, AutonomousSystem system) {
    /** Both ends listen here when a GatewayRouter names no port; above 1023, so that BIRD needs no NET_BIND_SERVICE. */
    public static final int DEFAULT_PORT = 10179;

    /** @throws IllegalArgumentException when the port is not 1..65535; the message quotes it */
    public BgpEnd {
        if (port < 1 || port > 0xFFFF) {
            throw new IllegalArgumentException("a TCP port is 1..65535, got " + port);
        }
    }
}
