// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images.chart;

import java.nio.file.Path;

/** Helm did not render a chart; the message is Helm's, with the path of each value that it refused. */
public final class RefusedChart extends RuntimeException {
    RefusedChart(Path chart, String message, Throwable cause) {
        super(chart.getFileName() + ": " + message, cause);
    }
}
