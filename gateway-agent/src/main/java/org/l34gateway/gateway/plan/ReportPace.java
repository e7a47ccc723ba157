// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.GatewayReportSpec;

/**
 * When a report is written: after a change, at least a second apart, but at once when the pod leaves; and every 30 s to
 * show that somebody is there. What others act on within a second is written 200 ms after the report before: which targets
 * are not reached, and whether this pod is a next hop.
 *
 * @param written content of the last report, null when there was none
 * @param writtenAt when that was, in nanoseconds of a monotonic clock
 */
public record ReportPace(@Nullable GatewayReportSpec written, long writtenAt) {
    /** Nothing was written yet. */
    public static final ReportPace START = new ReportPace(null, 0);

    private static final Duration SPACING = Duration.ofSeconds(1);
    private static final Duration PROMPT = Duration.ofMillis(200);
    private static final Duration HEARTBEAT = Duration.ofSeconds(30);

    /** What hurries a report beside its content. */
    public enum Urgency {
        NONE,
        /** Another gateway pod does not reach most targets and must know whether this one lives and sees the same. */
        ASKED_FOR,
        /** The pod goes: a change must not wait. */
        LEAVING
    }

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
     * @param urgency of it
     */
    public Step decide(GatewayReportSpec content, long now, Urgency urgency) {
        if (written == null) {
            return new Step.Write();
        }
        boolean changed = !content.equals(written);
        Duration spacing = switch (urgency) {
            case LEAVING -> changed ? Duration.ZERO : HEARTBEAT;
            case ASKED_FOR -> PROMPT;
            case NONE -> !changed ? HEARTBEAT : isPrompt(written, content) ? PROMPT : SPACING;
        };
        long left = spacing.toNanos() - (now - writtenAt);
        return left <= 0 ? new Step.Write() : new Step.Wait(Duration.ofNanos(left));
    }

    private static boolean isPrompt(GatewayReportSpec before, GatewayReportSpec now) {
        return before.isolated() != now.isolated()
                || !before.unreachable().equals(now.unreachable())
                || !before.defaultRoutes().equals(now.defaultRoutes());
    }
}
