// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.health;

/** What a check says. */
public sealed interface Verdict {
    record Healthy() implements Verdict {}

    /**
     * Not able to work.
     *
     * @param reason one line for the person who reads {@code /readyz}
     */
    record Unhealthy(String reason) implements Verdict {}

    static Verdict healthy() {
        return new Healthy();
    }

    static Verdict unhealthy(String reason) {
        return new Unhealthy(reason);
    }
}
