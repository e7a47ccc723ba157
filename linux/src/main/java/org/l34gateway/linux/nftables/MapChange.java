// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.l34gateway.ip.IpAddress;

/** What becomes of the elements of one map. Elements that are not named stay as they are. */
public sealed interface MapChange {
    /** Name of the map. */
    String map();

    /** Elements that go or come; one whose value changes does both. */
    int size();

    default boolean isEmpty() {
        return size() == 0;
    }

    /** A change of a map of type {@code mark : mark} whose keys are consecutive numbers. */
    final class Marks implements MapChange {
        private final String map;
        private final int firstKey;
        private final char[] from;
        private final char[] to;

        /**
         * From one state to another.
         *
         * @param firstKey the key of index 0 of the arrays
         * @param from the value of each key now; 0, or beyond the end, where there is none
         * @param to the value of each key afterwards, in the same way. The arrays must not change any more
         */
        public Marks(String map, int firstKey, char[] from, char[] to) {
            this.map = map;
            this.firstKey = firstKey;
            this.from = from;
            this.to = to;
        }

        @Override
        public String map() {
            return map;
        }

        @Override
        public int size() {
            int size = 0;
            for (int index = 0; index < indices(); index++) {
                size += (goes(index) ? 1 : 0) + (comes(index) ? 1 : 0);
            }
            return size;
        }

        int indices() {
            return Math.max(from.length, to.length);
        }

        int key(int index) {
            return firstKey + index;
        }

        int value(int index) {
            return at(to, index);
        }

        boolean goes(int index) {
            return at(from, index) != 0 && at(from, index) != at(to, index);
        }

        boolean comes(int index) {
            return at(to, index) != 0 && at(from, index) != at(to, index);
        }

        private static char at(char[] values, int index) {
            return index < values.length ? values[index] : 0;
        }
    }

    /**
     * A change of a map from addresses to {@code goto} verdicts.
     *
     * @param from address → chain that go
     * @param to address → chain that come
     */
    record Gotos(String map, Map<IpAddress, String> from, Map<IpAddress, String> to) implements MapChange {
        /** From one state to another; what is in both is left alone. */
        public Gotos {
            Map<IpAddress, String> gone = new TreeMap<>(from);
            gone.entrySet().removeAll(to.entrySet());
            Map<IpAddress, String> come = new TreeMap<>(to);
            come.entrySet().removeAll(from.entrySet());
            from = Collections.unmodifiableMap(gone);
            to = Collections.unmodifiableMap(come);
        }

        @Override
        public int size() {
            return from.size() + to.size();
        }
    }
}
