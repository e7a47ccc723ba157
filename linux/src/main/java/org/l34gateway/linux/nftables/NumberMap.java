// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A change of a map from consecutive numbers to rows of numbers, of which there may be very many. A row of zeros is no element.
 */
public final class NumberMap {
    private final String map;
    private final int firstKey;
    private final int rowLength;
    private final int[] from;
    private final int[] to;
    private final int[] go;
    private final int[] come;

    /**
     * From one state to another.
     *
     * @param firstKey the key of the first row of the arrays
     * @param rowLength numbers of an element's value
     * @param from the rows one behind the other as they are now; zeros beyond the end
     * @param to the rows afterwards, in the same way. Neither array may change any more
     */
    public NumberMap(String map, int firstKey, int rowLength, int[] from, int[] to) {
        this.map = map;
        this.firstKey = firstKey;
        this.rowLength = rowLength;
        this.from = from;
        this.to = to;
        this.go = changed(from);
        this.come = changed(to);
    }

    private NumberMap(NumberMap whole, int[] go, int[] come) {
        this.map = whole.map;
        this.firstKey = whole.firstKey;
        this.rowLength = whole.rowLength;
        this.from = whole.from;
        this.to = whole.to;
        this.go = go;
        this.come = come;
    }

    /** The part of elements that come, in the place of others or not. */
    public NumberMap coming() {
        return new NumberMap(this, replaced(true), come);
    }

    /** The part of elements that go, and no other comes in their place. */
    public NumberMap leaving() {
        return new NumberMap(this, replaced(false), new int[0]);
    }

    /** Rows that are elements before, and are elements afterwards or not. */
    private int[] replaced(boolean elementsAfterwards) {
        return Arrays.stream(go)
                .filter(row -> isElement(to, row) == elementsAfterwards)
                .toArray();
    }

    /** Name of the map. */
    public String map() {
        return map;
    }

    /** Elements that go or come; one whose value changes does both. */
    public int size() {
        return go.length + come.length;
    }

    /** Rows that change and are elements before, ascending. */
    int[] go() {
        return go;
    }

    /** Rows that change and are elements afterwards, ascending. */
    int[] come() {
        return come;
    }

    int rowLength() {
        return rowLength;
    }

    int key(int row) {
        return firstKey + row;
    }

    /** The new value of a row. */
    int value(int row, int index) {
        return at(to, row * rowLength + index);
    }

    private int[] changed(int[] elementsOf) {
        IntStream.Builder rows = IntStream.builder();
        int index = difference(0);
        while (index >= 0) {
            int row = index / rowLength;
            if (isElement(elementsOf, row)) {
                rows.add(row);
            }
            index = difference((row + 1) * rowLength);
        }
        return rows.build().toArray();
    }

    /** The first index from this one on at which they differ, -1 for none: most of a large map does not change. */
    private int difference(int begin) {
        int common = Math.min(from.length, to.length);
        if (begin < common) {
            int found = Arrays.mismatch(from, begin, common, to, begin, common);
            if (found >= 0) {
                return begin + found;
            }
        }
        int[] longer = from.length > to.length ? from : to;
        for (int index = Math.max(begin, common); index < longer.length; index++) {
            if (longer[index] != 0) {
                return index;
            }
        }
        return -1;
    }

    private boolean isElement(int[] values, int row) {
        for (int index = 0; index < rowLength; index++) {
            if (at(values, row * rowLength + index) != 0) {
                return true;
            }
        }
        return false;
    }

    private static int at(int[] values, int index) {
        return index < values.length ? values[index] : 0;
    }

    @Override
    public String toString() {
        return map + ": " + size() + " elements go or come";
    }
}
