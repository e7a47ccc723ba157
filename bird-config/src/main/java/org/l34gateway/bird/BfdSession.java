// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.util.ArrayList;
import java.util.List;
import org.l34gateway.ip.IpAddress;

/**
 * One session of {@code show bfd sessions}.
 *
 * @param neighbour the watched address
 * @param link name of the interface
 * @param state RFC 5880 §4.1
 */
public record BfdSession(IpAddress neighbour, String link, State state) {
    /** RFC 5880 §4.1, field Sta. */
    public enum State {
        ADMIN_DOWN("AdminDown"),
        DOWN("Down"),
        INIT("Init"),
        UP("Up"),
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

    /** Rows under the table's head; what is no row is passed over. */
    static List<BfdSession> of(Reply reply) {
        List<BfdSession> sessions = new ArrayList<>();
        for (String row : reply.texts(1020)) {
            String[] columns = row.strip().split(" +", -1);
            IpAddress neighbour = BgpSession.address(columns[0]);
            if (neighbour != null && columns.length >= 3) {
                sessions.add(new BfdSession(neighbour, columns[1], State.of(columns[2])));
            }
        }
        return sessions;
    }
}
