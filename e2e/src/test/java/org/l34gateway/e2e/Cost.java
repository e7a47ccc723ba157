// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.e2e.load.Exchange;
import org.l34gateway.e2e.load.Exchange.Kind;

/**
 * What an event cost.
 *
 * @param connections new ones that were tried
 * @param lost of the new connections
 * @param sessions connections that stayed open until they broke or the run ended
 * @param reset of the sessions
 * @param datagrams that were sent
 * @param unanswered of the datagrams
 * @param misdelivered answers of a target that the flow had no reason to go to
 * @param longestGapMillis longest time for which any flow got no answer
 * @param excess losses that the event must not cause, one sentence each
 */
record Cost(
        int connections,
        int lost,
        int sessions,
        int reset,
        int datagrams,
        int unanswered,
        int misdelivered,
        long longestGapMillis,
        List<String> excess) {
    private static final int MOST_SENTENCES = 12;

    Cost {
        excess = List.copyOf(excess);
    }

    /**
     * Counts.
     *
     * @param moving targets that come or go: flows may leave them and go to them
     * @param start to which the times of the sentences count
     */
    static Cost of(List<Exchange> exchanges, List<Allowance> allowances, Set<String> moving, long start) {
        List<Exchange> all = withTargets(exchanges);
        Map<String, Exchange> sessions = new HashMap<>();
        all.stream()
                .filter(exchange -> exchange.kind() == Kind.SESSION)
                .forEach(exchange -> sessions.merge(exchange.flowName(), exchange, (a, b) -> a.ok() ? b : a));
        List<Exchange> strays = strays(all, moving);
        List<String> excess = new ArrayList<>();
        all.stream()
                .filter(exchange -> !exchange.ok())
                .filter(exchange -> allowances.stream()
                        .noneMatch(allowance -> allowance.covers().test(exchange)))
                .forEach(exchange -> excess.add(sentence(exchange, start)));
        strays.forEach(stray -> excess.add("misdelivered: " + sentence(stray, start)));
        return new Cost(
                count(all, Kind.CONNECTION, false),
                count(all, Kind.CONNECTION, true),
                sessions.size(),
                (int) sessions.values().stream().filter(last -> !last.ok()).count(),
                count(all, Kind.DATAGRAM, false),
                count(all, Kind.DATAGRAM, true),
                strays.size(),
                longestGap(all),
                excess);
    }

    /** In the order of each flow; a datagram without an answer gets the target that its flow had before. */
    private static List<Exchange> withTargets(List<Exchange> exchanges) {
        List<Exchange> sorted = exchanges.stream()
                .sorted(Comparator.comparing(Exchange::flowName).thenComparingInt(Exchange::sequence))
                .toList();
        List<Exchange> all = new ArrayList<>();
        @Nullable String flow = null;
        String target = "";
        for (Exchange each : sorted) {
            if (!each.flowName().equals(flow)) {
                flow = each.flowName();
                target = "";
            }
            if (each.target().isEmpty() && each.kind() == Kind.DATAGRAM) {
                all.add(new Exchange(
                        each.kind(),
                        each.ipv6(),
                        each.flow(),
                        each.sequence(),
                        each.sentNanos(),
                        each.endNanos(),
                        target,
                        each.outcome()));
            } else {
                target = each.target();
                all.add(each);
            }
        }
        return all;
    }

    /** Answers to datagrams of a flow that changed its target though neither of the two came or went. */
    private static List<Exchange> strays(List<Exchange> all, Set<String> moving) {
        List<Exchange> strays = new ArrayList<>();
        @Nullable Exchange before = null;
        for (Exchange each : all) {
            boolean sameFlow = before != null && before.flowName().equals(each.flowName());
            if (each.kind() == Kind.DATAGRAM && sameFlow) {
                String from = Objects.requireNonNull(before).target();
                boolean changed = !from.isEmpty() && !from.equals(each.target());
                if (changed && !moving.contains(from) && !moving.contains(each.target())) {
                    strays.add(each);
                }
            }
            before = each;
        }
        return strays;
    }

    private static int count(List<Exchange> all, Kind kind, boolean failedOnly) {
        return (int) all.stream()
                .filter(exchange -> exchange.kind() == kind && !(failedOnly && exchange.ok()))
                .count();
    }

    /** Of answered exchanges the time to the answer; of lost datagrams the time from the first to the next answered one. */
    private static long longestGap(List<Exchange> all) {
        long longest = 0;
        @Nullable Exchange firstLost = null;
        for (Exchange each : all) {
            if (firstLost != null && !firstLost.flowName().equals(each.flowName())) {
                firstLost = null;
            }
            if (each.ok()) {
                longest = Math.max(longest, each.endNanos() - each.sentNanos());
                firstLost = null;
            } else if (each.kind() == Kind.DATAGRAM) {
                firstLost = firstLost == null ? each : firstLost;
                longest = Math.max(longest, each.sentNanos() - firstLost.sentNanos());
            }
        }
        return longest / 1_000_000;
    }

    private static String sentence(Exchange exchange, long start) {
        return String.format(
                Locale.ROOT,
                "%s #%d sent at %+.3f s, target %s: %s after %d ms",
                exchange.flowName(),
                exchange.sequence(),
                (exchange.sentNanos() - start) / 1e9,
                exchange.target().isEmpty() ? "unknown" : exchange.target(),
                exchange.outcome(),
                exchange.tookMillis());
    }

    /** The worse of each figure. */
    Cost worst(Cost other) {
        List<String> both = new ArrayList<>(excess);
        both.addAll(other.excess);
        return new Cost(
                Math.max(connections, other.connections),
                Math.max(lost, other.lost),
                Math.max(sessions, other.sessions),
                Math.max(reset, other.reset),
                Math.max(datagrams, other.datagrams),
                Math.max(unanswered, other.unanswered),
                Math.max(misdelivered, other.misdelivered),
                Math.max(longestGapMillis, other.longestGapMillis),
                both);
    }

    /** One line. */
    String line() {
        return "connections " + connections + " lost " + lost + "; established " + sessions + " reset " + reset
                + "; datagrams " + datagrams + " lost " + unanswered + "; misdelivered " + misdelivered
                + "; longest gap " + longestGapMillis + " ms";
    }

    /** One row of the table in docs/reliability.md. */
    String row(String event, int runs) {
        return "| "
                + String.join(
                        " | ",
                        event,
                        Integer.toString(runs),
                        lost + " of " + connections,
                        reset + " of " + sessions,
                        unanswered + " of " + datagrams,
                        Integer.toString(misdelivered),
                        longestGapMillis + " ms",
                        Integer.toString(excess.size()))
                + " |";
    }

    /** What should not have happened, by reason, with the first ones in full. */
    String excessText() {
        Map<String, Integer> kinds = new TreeMap<>();
        excess.forEach(sentence -> kinds.merge(sentence.substring(0, sentence.indexOf('/')), 1, Integer::sum));
        return excess.size() + " losses too many " + kinds + ":\n  "
                + String.join("\n  ", inOrder().stream().limit(MOST_SENTENCES).toList());
    }

    /** All of it, for whoever looks closer. */
    String excessInFull() {
        return String.join("\n", inOrder()) + "\n";
    }

    private List<String> inOrder() {
        return excess.stream().sorted(Comparator.comparing(Cost::sentAt)).toList();
    }

    private static Double sentAt(String sentence) {
        return Double.valueOf(sentence.replaceAll("(?s).* sent at ([^ ]+) s.*", "$1"));
    }
}
