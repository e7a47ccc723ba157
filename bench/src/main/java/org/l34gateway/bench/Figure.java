// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench;

import java.util.List;

/**
 * What the runs of one measurement gave.
 *
 * @param runs in their order, at least one
 */
public record Figure(List<Double> runs) {
    /** @throws IllegalArgumentException when there are no runs */
    public Figure {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a figure needs a run");
        }
        runs = List.copyOf(runs);
    }

    /** The run in the middle; of an even number the mean of the two. */
    public double median() {
        List<Double> sorted = runs.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    public double min() {
        return runs.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    public double max() {
        return runs.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }
}
