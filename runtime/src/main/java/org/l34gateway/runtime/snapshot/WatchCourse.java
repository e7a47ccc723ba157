// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

import java.time.Duration;
import org.l34gateway.runtime.loop.Backoff;

/**
 * What a watch does next: go on from the last resourceVersion, or list again, and after which wait. A value.
 *
 * @param relist whether what is known may be wrong, so that everything must be read again
 * @param pause before the next request
 * @param failures ends in a row without any event in between
 */
record WatchCourse(boolean relist, Duration pause, int failures) {
    private static final Duration UNSERVED_KIND = Duration.ofSeconds(15);

    static WatchCourse start() {
        return new WatchCourse(true, Duration.ZERO, 0);
    }

    /** After an event or a complete list: trouble is over. */
    WatchCourse heard() {
        return failures == 0 ? this : new WatchCourse(relist, pause, 0);
    }

    /** The list was read. */
    WatchCourse listed() {
        return new WatchCourse(false, Duration.ZERO, failures);
    }

    /**
     * After an end. A watch that broke goes on where it was: after a restart of the API server every watch of every
     * process breaks, and lists of everything would be the last thing it needs. A refusal may mean that the server does
     * not know our resourceVersion (etcd restored from an older state), so that lists again.
     */
    WatchCourse after(WatchEnd end, Backoff backoff) {
        int more = failures + 1;
        return switch (end) {
            // A server that closes at once, time and again, must not be asked in a tight circle.
            case WatchEnd.Closed() -> new WatchCourse(relist, more == 1 ? Duration.ZERO : backoff.delay(more), more);
            // The server is there, so a short wait will do, however long it was away before.
            case WatchEnd.Expired() ->
                new WatchCourse(true, more == 1 ? Duration.ZERO : backoff.delay(Math.min(more, 4)), more);
            case WatchEnd.Superseded() -> new WatchCourse(true, Duration.ZERO, failures);
            case WatchEnd.Rewound() -> new WatchCourse(true, Duration.ZERO, more);
            case WatchEnd.Deaf() -> new WatchCourse(true, Duration.ZERO, more);
            case WatchEnd.NotServed() -> new WatchCourse(true, UNSERVED_KIND, more);
            case WatchEnd.Refused(int _, String _) -> new WatchCourse(true, backoff.delay(more), more);
            case WatchEnd.Unreachable(String _) -> new WatchCourse(relist, backoff.delay(more), more);
        };
    }
}
