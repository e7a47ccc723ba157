// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.node.plan.AttachmentKey;
import org.l34gateway.node.plan.Held;

/** What changed between two readings of a sandbox, for the log. */
final class Difference {
    private Difference() {}

    /** One phrase for each thing: {@code +vip 20.0.0.1/32 (blue)}. */
    static List<String> between(Reading before, Reading after) {
        SortedSet<AttachmentKey> keys = new TreeSet<>(before.held().keySet());
        keys.addAll(after.held().keySet());
        List<String> phrases = new ArrayList<>();
        for (AttachmentKey key : keys) {
            Held then = before.held().getOrDefault(key, Held.NOTHING);
            Held now = after.held().getOrDefault(key, Held.NOTHING);
            String gateway = " (" + (now.gatewayName().isEmpty() ? then : now).gatewayName() + ")";
            describe("vip ", gateway, then.vips(), now.vips(), phrases);
            describe("rule from ", gateway, then.rules(), now.rules(), phrases);
            describe("nexthop ", gateway, then.nextHops(), now.nextHops(), phrases);
            describe("unreachable ", gateway, then.closed(), now.closed(), phrases);
            describe("", gateway, then.foreign(), now.foreign(), phrases);
        }
        return phrases;
    }

    private static void describe(
            String what, String gateway, Collection<?> then, Collection<?> now, List<String> phrases) {
        now.stream().filter(one -> !then.contains(one)).forEach(one -> phrases.add("+" + what + one + gateway));
        then.stream().filter(one -> !now.contains(one)).forEach(one -> phrases.add("-" + what + one + gateway));
    }
}
