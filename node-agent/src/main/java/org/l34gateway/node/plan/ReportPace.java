// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.NodeReportSpec;

/**
 * When the NodeReport is written: when it changed, but not more often than {@link #SPACING}, and every
 * {@link #HEARTBEAT}. A value; times are nanoseconds of the loop's ticker.
 *
 * @param written what stands in the cluster; null before the first write and after one that failed
 * @param writtenAt when it was written
 */
public record ReportPace(@Nullable List<NodeReportSpec.PodReport> written, long writtenAt) {
    public static final Duration SPACING = Duration.ofSeconds(1);
    public static final Duration HEARTBEAT = Duration.ofSeconds(30);

    /** Nothing was written by this process yet. */
    public static final ReportPace FIRST = new ReportPace(null, 0);

    /** Nanoseconds until these pods must be reported; 0 or less when it is time. */
    public long untilDue(List<NodeReportSpec.PodReport> pods, long nowNanos) {
        if (written == null) {
            return 0;
        }
        Duration distance = written.equals(pods) ? HEARTBEAT : SPACING;
        return writtenAt + distance.toNanos() - nowNanos;
    }

    public ReportPace wrote(List<NodeReportSpec.PodReport> pods, long nowNanos) {
        return new ReportPace(List.copyOf(pods), nowNanos);
    }
}
