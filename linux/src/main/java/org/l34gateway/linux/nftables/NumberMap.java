// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

/**
 * A change of a map from consecutive numbers to rows of numbers, of which there may be very many. A row of zeros is no element.
 */
public final class NumberMap {
    private final String map;
    private final int firstKey;
    private final int rowLength;
    private final int[] from;
    private final int[] to;

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
    }

    /** Name of the map. */
    public String map() {
        return map;
    }

    /** Elements that go or come; one whose value changes does both. */
    public int size() {
        int size = 0;
        for (int row = 0; row < rows(); row++) {
            size += (goes(row) ? 1 : 0) + (comes(row) ? 1 : 0);
        }
        return size;
    }

    int rows() {
        return (Math.max(from.length, to.length) + rowLength - 1) / rowLength;
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

    boolean goes(int row) {
        return isElement(from, row) && changes(row);
    }

    boolean comes(int row) {
        return isElement(to, row) && changes(row);
    }

    private boolean isElement(int[] values, int row) {
        for (int index = 0; index < rowLength; index++) {
            if (at(values, row * rowLength + index) != 0) {
                return true;
            }
        }
        return false;
    }

    private boolean changes(int row) {
        for (int index = row * rowLength; index < (row + 1) * rowLength; index++) {
            if (at(from, index) != at(to, index)) {
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
