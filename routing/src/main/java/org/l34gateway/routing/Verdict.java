// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

/**
 * The answer to one question about an object, in the words of a condition.
 *
 * @param ok status True or False
 * @param reason CamelCase; the Gateway API's own reasons where it has one
 * @param message one sentence for a person; empty when there is nothing to add
 */
public record Verdict(boolean ok, String reason, String message) {
    /** Yes, with the condition's usual reason, for example {@code Accepted}. */
    public static Verdict yes(String reason) {
        return new Verdict(true, reason, "");
    }

    public static Verdict no(String reason, String message) {
        return new Verdict(false, reason, message);
    }
}
