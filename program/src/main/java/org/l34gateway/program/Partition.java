// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Numbers cut into ranges in each of which the same of several things admit every number. Takes time for each range and for
 * each thing that admits it.
 */
public final class Partition {
    private Partition() {}

    /**
     * Where the same things admit every number.
     *
     * @param things in the given order, never empty
     * @param ranges where exactly these do, ascending, none next to another
     */
    public record Part<T>(List<T> things, List<Range> ranges) {
        public Part {
            things = List.copyOf(things);
            ranges = List.copyOf(ranges);
        }
    }

    /**
     * Cuts.
     *
     * @param admitted ranges that a thing admits, which may overlap; one without any admits every number
     * @return the parts in the order of their first ranges. Only numbers between the first and the last border of any thing are
     *     in them, and those that nobody admits are not
     */
    public static <T> List<Part<T>> of(List<T> things, Function<T, List<Range>> admitted) {
        return of(things, admitted, Long.MAX_VALUE);
    }

    /**
     * The same, but no more than the first ranges when it would become too large.
     *
     * @param limit when the things of all ranges are more than so many, there are no further ranges
     */
    static <T> List<Part<T>> of(List<T> things, Function<T, List<Range>> admitted, long limit) {
        NavigableMap<BigInteger, List<Step>> borders = new TreeMap<>();
        NavigableMap<Integer, Integer> admitting = new TreeMap<>();
        for (int i = 0; i < things.size(); i++) {
            List<Range> ranges = admitted.apply(things.get(i));
            if (ranges.isEmpty()) {
                admitting.put(i, 1);
            }
            for (Range range : ranges) {
                borders.computeIfAbsent(range.first(), _ -> new ArrayList<>()).add(new Step(i, 1));
                borders.computeIfAbsent(range.end(), _ -> new ArrayList<>()).add(new Step(i, -1));
            }
        }
        long counted = 0;
        // By their numbers: things may be large.
        Map<List<Integer>, List<Range>> cut = new LinkedHashMap<>();
        while (!borders.isEmpty() && counted <= limit) {
            var border = borders.pollFirstEntry();
            border.getValue().forEach(step -> step.take(admitting));
            if (!borders.isEmpty() && !admitting.isEmpty()) {
                counted += admitting.size();
                BigInteger last = borders.firstKey().subtract(BigInteger.ONE);
                add(
                        cut.computeIfAbsent(List.copyOf(admitting.keySet()), _ -> new ArrayList<>()),
                        new Range(border.getKey(), last));
            }
        }
        List<Part<T>> parts = new ArrayList<>();
        cut.forEach((numbers, ranges) ->
                parts.add(new Part<>(numbers.stream().<T>map(things::get).toList(), ranges)));
        return parts;
    }

    /** At a border one more, or one less, range of a thing. */
    private record Step(int thing, int by) {
        void take(NavigableMap<Integer, Integer> admitting) {
            admitting.merge(thing, by, (before, more) -> before + more == 0 ? null : before + more);
        }
    }

    private static void add(List<Range> ranges, Range next) {
        if (!ranges.isEmpty() && ranges.getLast().end().equals(next.first())) {
            ranges.add(new Range(ranges.removeLast().first(), next.last()));
        } else {
            ranges.add(next);
        }
    }
}
