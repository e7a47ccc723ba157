// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One run of the traffic client.
 *
 * @param to where every connection goes
 * @param source local address of every connection; null lets the kernel choose by its routes
 * @param connections how many in all, at least 1
 * @param parallel how many at the same time, at least 1
 * @param timeout of one connection from its first packet to the last byte of its last answer
 * @param exchange what each connection says after it has read the host name
 */
public record TrafficPlan(
        InetSocketAddress to,
        TransportProtocol protocol,
        @Nullable InetAddress source,
        int connections,
        int parallel,
        Duration timeout,
        Exchange exchange) {
    /** Parallel connections when nothing is said: more only measures the client's own queue. */
    public static final int USUAL_PARALLEL = 16;

    /** @throws IllegalArgumentException when a number is out of its range or the source is of the other family */
    public TrafficPlan {
        if (connections < 1 || parallel < 1)
            throw new IllegalArgumentException(
                    "connections and parallel must be 1 or more, got " + connections + " and " + parallel);
        if (!timeout.isPositive()) throw new IllegalArgumentException("timeout must be positive, got " + timeout);
        if (source != null && source.getClass() != to.getAddress().getClass())
            throw new IllegalArgumentException("source " + source.getHostAddress() + " and destination "
                    + to.getAddress().getHostAddress() + " are of different families");
        int largest = protocol == TransportProtocol.UDP ? UdpServers.LARGEST_DATAGRAM_BYTES : Request.LARGEST_BYTES;
        if (exchange.payloadBytes() > largest || exchange.answerBytes() > largest)
            throw new IllegalArgumentException(
                    "payload and answer must be at most " + largest + " bytes for " + protocol + ", got " + exchange);
    }

    /** {@code connections} connections that only read the host name, with 2 s for each. */
    public static TrafficPlan of(InetSocketAddress to, TransportProtocol protocol, int connections) {
        return new TrafficPlan(
                to, protocol, null, connections, USUAL_PARALLEL, Duration.ofSeconds(2), new Exchange(0, 0));
    }

    /** The same with what each connection says. */
    public TrafficPlan withExchange(int payloadBytes, int answerBytes) {
        return new TrafficPlan(
                to, protocol, source, connections, parallel, timeout, new Exchange(payloadBytes, answerBytes));
    }

    /** The same with another time for each connection. */
    public TrafficPlan withTimeout(Duration timeout) {
        return new TrafficPlan(to, protocol, source, connections, parallel, timeout, exchange);
    }

    /** The same from a given local address. */
    public TrafficPlan withSource(InetAddress source) {
        return new TrafficPlan(to, protocol, source, connections, parallel, timeout, exchange);
    }

    /**
     * What one connection says.
     *
     * @param payloadBytes size of a line (datagram) that must come back unchanged; 0 = none
     * @param answerBytes size of an answer that the server is asked for; 0 = none
     */
    public record Exchange(int payloadBytes, int answerBytes) {
        /** @throws IllegalArgumentException when a size is negative */
        public Exchange {
            if (payloadBytes < 0 || answerBytes < 0)
                throw new IllegalArgumentException(
                        "sizes must not be negative, got " + payloadBytes + " and " + answerBytes);
        }
    }
}
