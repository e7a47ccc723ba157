// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e.load;

/**
 * One thing that was asked for, and what came of it. Times are {@link System#nanoTime()}, which all processes of a machine
 * share.
 *
 * @param kind what was sent
 * @param ipv6 the family
 * @param flow source port: no two flows of one kind and family share one
 * @param sequence number within the flow, from 0
 * @param sentNanos when it was due and sent
 * @param endNanos when the answer was complete, or when it was given up
 * @param target host name of who answered; of a flow that broke, who had answered it before; empty when nobody had
 * @param outcome {@link #OK} or why there is no answer
 */
public record Exchange(
        Kind kind, boolean ipv6, int flow, int sequence, long sentNanos, long endNanos, String target, String outcome) {
    /** The answer came, whole and unchanged. */
    public static final String OK = "ok";
    /** No answer within {@link LoadMain#PATIENCE}. */
    public static final String LOST = "lost";
    /** The peer reset the connection. */
    public static final String RESET = "reset";

    /** What is sent. */
    public enum Kind {
        /** A new TCP connection with one line that comes back. */
        CONNECTION,
        /** One line on a TCP connection that stays open. */
        SESSION,
        /** One UDP datagram. */
        DATAGRAM
    }

    public boolean ok() {
        return outcome.equals(OK);
    }

    /** Milliseconds from sending to the end. */
    public long tookMillis() {
        return (endNanos - sentNanos) / 1_000_000;
    }

    /** Names the flow among all of a run. */
    public String flowName() {
        return kind + (ipv6 ? "6/" : "4/") + flow;
    }

    /** One line, for {@link #parse}. */
    String line() {
        return String.join(
                " ",
                kind.name(),
                ipv6 ? "6" : "4",
                Integer.toString(flow),
                Integer.toString(sequence),
                Long.toString(sentNanos),
                Long.toString(endNanos),
                target.isEmpty() ? "-" : target,
                outcome.replace(' ', '_'));
    }

    static Exchange parse(String line) {
        String[] words = line.split(" ");
        return new Exchange(
                Kind.valueOf(words[0]),
                words[1].equals("6"),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                Long.parseLong(words[4]),
                Long.parseLong(words[5]),
                words[6].equals("-") ? "" : words[6],
                words[7].replace('_', ' '));
    }
}
