// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.GatewayReportSpec;

/**
 * When a report is written: after a change, at least a second apart, but at once when the pod leaves; and every 30 s to
 * show that somebody is there.
 *
 * @param written content of the last report, null when there was none
 * @param writtenAt when that was, in nanoseconds of a monotonic clock
 */
public record ReportPace(@Nullable GatewayReportSpec written, long writtenAt) {
    /** Nothing was written yet. */
    public static final ReportPace START = new ReportPace(null, 0);

    private static final Duration SPACING = Duration.ofSeconds(1);
    private static final Duration HEARTBEAT = Duration.ofSeconds(30);

    /** What to do with a content. */
    public sealed interface Step {
        /** Write it now. */
        record Write() implements Step {}

        /** Ask again after this. */
        record Wait(Duration time) implements Step {}
    }

    /**
     * Decides.
     *
     * @param content without a time
     * @param now in nanoseconds of the same clock
     * @param urgent whether a change must not wait
     */
    public Step decide(GatewayReportSpec content, long now, boolean urgent) {
        if (written == null) {
            return new Step.Write();
        }
        boolean changed = !content.equals(written);
        if (changed && urgent) {
            return new Step.Write();
        }
        long left = (changed ? SPACING : HEARTBEAT).toNanos() - (now - writtenAt);
        return left <= 0 ? new Step.Write() : new Step.Wait(Duration.ofNanos(left));
    }
}
