// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What BIRD answered to {@code configure} or {@code configure check}. */
public sealed interface Reconfiguration {
    /** The configuration is in effect (0003), or is without fault (0020). */
    record Done() implements Reconfiguration {}

    /** Taken, but protocols of the old one are still shutting down (0004, 0005). */
    record UnderWay() implements Reconfiguration {}

    /**
     * Not taken (8002); the old configuration stays in effect.
     *
     * @param file as BIRD names it, empty when BIRD names none
     * @param line from 1; 0 when BIRD names none
     * @param message BIRD's words
     */
    record Refused(String file, int line, String message) implements Reconfiguration {
        private static final Pattern POSITION = Pattern.compile("(.*?):([0-9]{1,9}):[0-9]+ (.*)", Pattern.DOTALL);

        /** Of {@code FILE:LINE:COLUMN MESSAGE}, or of a message alone. */
        static Refused of(String text) {
            Matcher position = POSITION.matcher(text);
            return position.matches()
                    ? new Refused(position.group(1), Integer.parseInt(position.group(2)), position.group(3))
                    : new Refused("", 0, text);
        }
    }

    /** BIRD is ending (0006). */
    record ShuttingDown() implements Reconfiguration {}

    /**
     * Of the reply to either command.
     *
     * @throws BirdUnreachableException when the reply is none of BIRD's answers to them
     */
    static Reconfiguration of(Reply reply) throws BirdUnreachableException {
        return switch (reply.last().code()) {
            case 3, 20 -> new Done();
            case 4, 5 -> new UnderWay();
            case 6 -> new ShuttingDown();
            case 8002 -> Refused.of(reply.last().text());
            default -> throw new BirdUnreachableException("unexpected answer to configure: " + reply.last());
        };
    }
}
