// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;

/**
 * One BGP protocol as {@code show protocols all} shows it.
 *
 * @param protocol BIRD's name of it, see {@link BgpNeighbour#protocolName()}
 * @param state where its state machine is
 * @param since when it came there, by BIRD's clock and zone; null when BIRD's text is not understood
 * @param neighbour null when BIRD shows none
 * @param lastError BIRD's words on the last failure, empty when there was none since the start
 */
public record BgpSession(
        String protocol,
        State state,
        @Nullable LocalDateTime since,
        @Nullable IpAddress neighbour,
        String lastError) {
    /** RFC 4271 §8.2.2, and what BIRD has besides. */
    public enum State {
        DOWN("Down"),
        IDLE("Idle"),
        PASSIVE("Passive"),
        CONNECT("Connect"),
        ACTIVE("Active"),
        OPEN_SENT("OpenSent"),
        OPEN_CONFIRM("OpenConfirm"),
        ESTABLISHED("Established"),
        CLOSE("Close"),
        /** A word that BIRD 2.0.12 does not use. */
        UNKNOWN("Unknown");

        private final String text;

        State(String text) {
            this.text = text;
        }

        /** The RFC's and BIRD's spelling. */
        public String text() {
            return text;
        }

        static State of(String word) {
            for (State state : values()) {
                if (state.text.equals(word)) {
                    return state;
                }
            }
            return UNKNOWN;
        }
    }

    public boolean established() {
        return state == State.ESTABLISHED;
    }

    /** All BGP protocols of a reply to {@code show protocols all}; lines that are not understood are passed over. */
    static List<BgpSession> of(Reply reply) {
        List<BgpSession> sessions = new ArrayList<>();
        for (int i = 0; i < reply.lines().size(); i++) {
            Reply.Line line = reply.lines().get(i);
            String[] columns = line.text().split(" +", -1);
            if (line.code() == 1002 && columns.length >= 5 && columns[1].equals("BGP")) {
                sessions.add(session(columns, details(reply.lines(), i + 1)));
            }
        }
        return sessions;
    }

    /** The lines of code 1006 that follow the row of a protocol. */
    private static List<String> details(List<Reply.Line> lines, int from) {
        int end = from;
        while (end < lines.size() && lines.get(end).code() == 1006) {
            end++;
        }
        return lines.subList(from, end).stream()
                .map(line -> line.text().strip())
                .toList();
    }

    private static BgpSession session(String[] columns, List<String> details) {
        String neighbour = value(details, "Neighbor address:");
        int zone = neighbour.indexOf('%');
        return new BgpSession(
                columns[0],
                State.of(value(details, "BGP state:")),
                BirdTime.parse(columns[4], columns.length > 5 ? columns[5] : ""),
                address(zone < 0 ? neighbour : neighbour.substring(0, zone)),
                value(details, "Last error:"));
    }

    /** Text after the label of the first line that has it, empty when none has. */
    private static String value(List<String> details, String label) {
        for (String line : details) {
            if (line.startsWith(label)) {
                return line.substring(label.length()).strip();
            }
        }
        return "";
    }

    static @Nullable IpAddress address(String text) {
        try {
            return IpAddress.parse(text);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }
}
