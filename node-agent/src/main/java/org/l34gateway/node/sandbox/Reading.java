// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.node.plan.AttachmentKey;
import org.l34gateway.node.plan.Held;

/**
 * What was read from a sandbox.
 *
 * @param addresses primary addresses: those of {@code eth0}, without link-local ones
 * @param links prefixes whose addresses are neighbours on some interface
 * @param held by Gateway, one for each attachment that has a record
 */
public record Reading(SortedSet<IpAddress> addresses, SortedSet<IpPrefix> links, Map<AttachmentKey, Held> held) {
    /** Nothing is known of the sandbox. */
    public static final Reading NONE = new Reading(new TreeSet<>(), new TreeSet<>(), Map.of());

    public Reading {
        addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
        links = Collections.unmodifiableSortedSet(new TreeSet<>(links));
        held = Map.copyOf(held);
    }

    /** Whether the sandbox has an interface on the link of this address. */
    public boolean reaches(IpAddress address) {
        return links.stream().anyMatch(link -> link.contains(address));
    }
}
