// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.probe;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.netlink.MacAddress;

/**
 * Under which MAC addresses the next hops of one sandbox are known. A value: each look at the answers gives the next one.
 *
 * <p>A gateway pod that gets a new sandbox keeps its UID, often its address, and, until its new gateway-agent writes, the
 * report of the old sandbox; but its interface has another MAC address. Such a stranger answers neighbours seconds before
 * it forwards anything, so it is believed only when a report comes that was not there when it was first seen. The old MAC
 * address is believed at once: that was a link, not a pod.
 *
 * <p>Networks whose MAC addresses follow from the IP address or the node (ipvlan) hide the change; nothing is worse there
 * than without this memory.
 *
 * @param known by address, of all that were watched in the last look and have ever answered
 */
record KnownMacs(Map<IpAddress, Known> known) {
    /** Nobody has answered yet. */
    static final KnownMacs NONE = new KnownMacs(Map.of());

    KnownMacs {
        known = Map.copyOf(known);
    }

    /**
     * What is known of one address.
     *
     * @param mac of the first who answered, or for whom a report has spoken since
     * @param stranger who answered last, under another MAC address; null when nobody did
     */
    record Known(MacAddress mac, @Nullable Stranger stranger) {
        private Known answered(MacAddress now, Set<String> vouchers) {
            if (now.equals(mac)) {
                return new Known(mac, null);
            }
            Stranger who = stranger != null && stranger.mac().equals(now) ? stranger : new Stranger(now, vouchers);
            return who.vouchersBefore().containsAll(vouchers) ? new Known(mac, who) : new Known(now, null);
        }
    }

    /**
     * One that no report has spoken for.
     *
     * @param vouchersBefore reports that were there when it was first seen: they may be of the sandbox before
     */
    record Stranger(MacAddress mac, Set<String> vouchersBefore) {
        Stranger {
            vouchersBefore = Set.copyOf(vouchersBefore);
        }
    }

    /**
     * Looks.
     *
     * @param hops all that are watched; others are forgotten
     * @param macs of those that answer now
     */
    KnownMacs look(Map<IpAddress, ProbedHops.Hop> hops, Map<IpAddress, MacAddress> macs) {
        Map<IpAddress, Known> next = new HashMap<>();
        hops.forEach((address, hop) -> {
            Known before = known.get(address);
            MacAddress now = macs.get(address);
            if (before != null) {
                next.put(address, now == null ? before : before.answered(now, hop.vouchers()));
            } else if (now != null) {
                next.put(address, new Known(now, null));
            }
        });
        return new KnownMacs(next);
    }

    /** Addresses that a stranger has. */
    SortedSet<IpAddress> strangers() {
        SortedSet<IpAddress> strangers = new TreeSet<>();
        known.forEach((address, each) -> {
            if (each.stranger() != null) {
                strangers.add(address);
            }
        });
        return strangers;
    }
}
