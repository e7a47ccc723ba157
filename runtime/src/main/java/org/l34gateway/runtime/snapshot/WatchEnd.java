// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

/** Why a list or a watch came to its end. */
sealed interface WatchEnd {
    /** The server closed the connection without an error, as it does with every watch after a while. */
    record Closed() implements WatchEnd {}

    /** The resourceVersion is too old for the server (410). */
    record Expired() implements WatchEnd {}

    /** Neither an event nor a bookmark for longer than a server would be silent. */
    record Deaf() implements WatchEnd {}

    /** The server is at an earlier resourceVersion than the one that it gave us before: etcd was restored. */
    record Rewound() implements WatchEnd {}

    /** What is known is to be read again, see {@link ClusterWatch#refresh()}. */
    record Superseded() implements WatchEnd {}

    /** The API server does not know the kind (404). */
    record NotServed() implements WatchEnd {}

    /** The server answered with an error. */
    record Refused(int code, String why) implements WatchEnd {}

    /** No answer: connection refused, reset or timed out. */
    record Unreachable(String why) implements WatchEnd {}
}
