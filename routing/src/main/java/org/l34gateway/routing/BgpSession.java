// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;

/**
 * A BGP session (RFC 4271) that every pod of a Gateway holds with an outside router; all defaults are filled in.
 *
 * @param router name of the GatewayRouter
 * @param address of the router
 * @param interfaceName in the gateway pod
 * @param localAsn 1..4,294,967,295 (RFC 6793)
 * @param remoteAsn as localAsn
 * @param localPort TCP port 1..65535
 * @param remotePort TCP port 1..65535
 * @param holdTime whole seconds: zero, or 3..65,535
 * @param bfd BFD beside the session; null when it is off
 */
public record BgpSession(
        String router,
        IpAddress address,
        String interfaceName,
        long localAsn,
        long remoteAsn,
        int localPort,
        int remotePort,
        Duration holdTime,
        @Nullable Bfd bfd) {
    /** The reference's AS of gateway pods. */
    public static final long DEFAULT_LOCAL_ASN = 8103;

    /** The reference's AS of outside routers. */
    public static final long DEFAULT_REMOTE_ASN = 4_248_829_953L;

    /** The reference's port on both sides. */
    public static final int DEFAULT_PORT = 10179;

    public static final Duration DEFAULT_HOLD_TIME = Duration.ofSeconds(3);

    /** @throws IllegalArgumentException when a value cannot be sent on the wire; the message names the field */
    public BgpSession {
        long seconds = holdTime.toSeconds();
        boolean whole = holdTime.equals(Duration.ofSeconds(seconds));
        if (!whole || (seconds != 0 && (seconds < 3 || seconds > 0xFFFF))) {
            throw new IllegalArgumentException(
                    "bgp.holdTime must be 0s or 3s..65535s in whole seconds (RFC 4271 §4.2), got " + holdTime);
        }
        if (localAsn < 1 || localAsn > 0xFFFF_FFFFL || remoteAsn < 1 || remoteAsn > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("bgp.localASN and bgp.remoteASN must be 1..4294967295 (RFC 7607), got "
                    + localAsn + " and " + remoteAsn);
        }
    }

    /**
     * Bidirectional Forwarding Detection (RFC 5880 §6.8.1); null leaves a value to BIRD's default.
     *
     * @param minTx desired min TX interval, 1 µs..4,294 s
     * @param minRx required min RX interval, 1 µs..4,294 s
     * @param multiplier detection multiplier, 1..255
     */
    public record Bfd(
            @Nullable Duration minTx,
            @Nullable Duration minRx,
            @Nullable Integer multiplier) {
        /** The field on the wire has 32 bits of microseconds. */
        private static final Duration LONGEST = Duration.ofNanos(0xFFFF_FFFFL * 1_000);

        /** @throws IllegalArgumentException when an interval does not fit the wire; the message names the field */
        public Bfd {
            checkInterval("bgp.bfd.minTx", minTx);
            checkInterval("bgp.bfd.minRx", minRx);
        }

        private static void checkInterval(String field, @Nullable Duration interval) {
            if (interval != null
                    && (interval.compareTo(Duration.ofNanos(1_000)) < 0 || interval.compareTo(LONGEST) > 0)) {
                throw new IllegalArgumentException(field + " must be 1us..4294s (RFC 5880 §4.1), got " + interval);
            }
        }
    }
}
