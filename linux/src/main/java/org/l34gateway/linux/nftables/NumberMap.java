// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

/** A change of a map from consecutive numbers to numbers, of which there may be very many. */
public final class NumberMap {
    private final String map;
    private final int firstKey;
    private final int[] from;
    private final int[] to;

    /**
     * From one state to another.
     *
     * @param firstKey the key of index 0 of the arrays
     * @param from the value of each key now; 0, or beyond the end, where there is none
     * @param to the value of each key afterwards, in the same way. Neither array may change any more
     */
    public NumberMap(String map, int firstKey, int[] from, int[] to) {
        this.map = map;
        this.firstKey = firstKey;
        this.from = from;
        this.to = to;
    }

    /** Name of the map. */
    public String map() {
        return map;
    }

    /** Elements that go or come; one whose value changes does both. */
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

    private static int at(int[] values, int index) {
        return index < values.length ? values[index] : 0;
    }

    @Override
    public String toString() {
        return map + ": " + size() + " elements go or come";
    }
}
