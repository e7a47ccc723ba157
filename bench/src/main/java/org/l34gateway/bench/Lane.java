// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench;

import java.util.List;

/**
 * What is measured together.
 *
 * @param measurement puts the figures
 * @param figures names of all that it puts
 */
public record Lane(Runnable measurement, List<String> figures) {
    public Lane {
        figures = List.copyOf(figures);
    }

    public static Lane of(Runnable measurement, String... figures) {
        return new Lane(measurement, List.of(figures));
    }
}
