// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.write;

/** What a write came to. Outages and answers of 5xx are exceptions instead: the run failed and is repeated. */
public sealed interface Written<T> {
    /**
     * The server took it.
     *
     * @param object as the server has it now
     */
    record Done<T>(T object) implements Written<T> {}

    /** Somebody else owns a field, or the resourceVersion or uid is not the one that was asked for (409). */
    record Conflict<T>(String why) implements Written<T> {}

    /** The object (or its namespace) is not there (404). */
    record NotFound<T>(String why) implements Written<T> {}

    /** Validation, admission or permission refused it (400, 403, 422): repeating will not help. */
    record Refused<T>(int code, String why) implements Written<T> {}

    default boolean done() {
        return this instanceof Done<T>;
    }
}
