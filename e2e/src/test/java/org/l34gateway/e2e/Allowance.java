// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.l34gateway.e2e.load.Exchange;

/**
 * A loss that an event may cause.
 *
 * @param why for a person
 * @param covers whether a failed exchange is such a loss
 */
record Allowance(String why, Predicate<Exchange> covers) {
    /** Clocks and queues of two processes on a busy machine. */
    private static final Duration BLUR = Duration.ofMillis(100);

    /** Connections that a target had which is no target any more. */
    static Allowance establishedWith(Set<String> removed) {
        return new Allowance(
                "established with a removed target",
                exchange -> exchange.kind() != Exchange.Kind.DATAGRAM && removed.contains(exchange.target()));
    }

    /** The same, datagrams of flows that such a target had too. */
    static Allowance flowsOf(Set<String> removed) {
        return new Allowance("flow of a removed target", exchange -> removed.contains(exchange.target()));
    }

    /**
     * Connections that were being opened with targets that lose a VIP between two moments: sent while these still answered
     * others.
     */
    static Allowance beingOpenedWith(Set<String> losers, List<Exchange> all, long from, long to) {
        long last = all.stream()
                .filter(exchange -> exchange.ok() && exchange.kind() == Exchange.Kind.CONNECTION)
                .filter(exchange -> losers.contains(exchange.target()))
                .mapToLong(Exchange::sentNanos)
                .filter(sent -> sent - from >= 0 && sent - to < 0)
                .max()
                .orElse(from);
        return new Allowance(
                "being opened with a target that lost the VIP",
                exchange -> exchange.kind() == Exchange.Kind.CONNECTION
                        && exchange.target().isEmpty()
                        && between(exchange, from, Duration.ofNanos(last - from)));
    }

    /** What reaches a dead target until everybody knows: at most so long after it has answered for the last time. */
    static Allowance afterDeath(Set<String> dead, List<Exchange> all, Duration longest) {
        List<Long> deaths = dead.stream()
                .map(target -> all.stream()
                        .filter(exchange -> exchange.ok() && exchange.kind() != Exchange.Kind.SESSION)
                        .filter(exchange -> exchange.target().equals(target))
                        .mapToLong(Exchange::sentNanos)
                        .max()
                        .orElse(0))
                .toList();
        return new Allowance(
                "new within " + longest.toMillis() + " ms of a target's death",
                exchange -> exchange.kind() != Exchange.Kind.SESSION
                        && deaths.stream().anyMatch(death -> between(exchange, death, longest)));
    }

    /** What was sent within a time after a moment. */
    static Allowance within(long nanos, Duration longest) {
        return new Allowance("within " + longest.toMillis() + " ms", exchange -> between(exchange, nanos, longest));
    }

    private static boolean between(Exchange exchange, long from, Duration longest) {
        long since = exchange.sentNanos() - from;
        return since >= -BLUR.toNanos() && since <= longest.plus(BLUR).toNanos();
    }
}
