// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.Undo;
import org.l34gateway.cni.host.Namespace;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;

/**
 * Kernel parameters of a pod. Attachments of a sandbox share them: whoever changes one remembers what it was before the
 * first of them did, and the last one to go puts that back.
 */
final class PodSysctls {
    /** What a pod with VIPs needs (Documentation/networking/ip-sysctl.rst). A kernel without IPv6 lacks the second. */
    private static final Map<String, String> WITH_VIPS = Map.of(
            // A connection's packets keep their next hop: hash ports too.
            "net/ipv4/fib_multipath_hash_policy", "1",
            "net/ipv6/fib_multipath_hash_policy", "1",
            // A next hop whose neighbour entry failed is not chosen.
            "net/ipv4/fib_multipath_use_neigh", "1",
            // A VIP on lo is never the sender of an ARP request, and is not answered for: routers reach it by route.
            "net/ipv4/conf/all/arp_announce", "2",
            "net/ipv4/conf/all/arp_ignore", "1");

    /** Strict reverse path filtering drops what comes in by a secondary network; loose (2) does not (RFC 3704). */
    private static final String STRICT = "1";

    private static final String LOOSE = "2";

    private static final String RP_FILTER = "net/ipv4/conf/all/rp_filter";

    private final Namespace netns;
    private final Map<String, String> present = new HashMap<>();

    /** Of a namespace in which nobody else changes them meanwhile: each is read once. */
    PodSysctls(Namespace netns) {
        this.netns = netns;
    }

    /**
     * What to set: what VIPs need, where the kernel has it, and what was asked for.
     *
     * @param before values that attachments of the sandbox found
     */
    SortedMap<String, String> decide(RouteWanted wanted, Map<String, String> before) {
        TreeMap<String, String> values = new TreeMap<>();
        if (!wanted.sources().isEmpty()) {
            for (Map.Entry<String, String> each : WITH_VIPS.entrySet()) {
                if (isThere(each.getKey())) {
                    values.put(each.getKey(), each.getValue());
                }
            }
            // The larger of "all" and an interface's own value counts, so a loose "all" is enough.
            if (was(RP_FILTER, before).equals(STRICT)
                    || read("net/ipv4/conf/default/rp_filter").equals(STRICT)) {
                values.put(RP_FILTER, LOOSE);
            }
        }
        values.putAll(wanted.sysctls());
        return values;
    }

    /** Their values before any attachment of the sandbox changed them. */
    SortedMap<String, String> before(Iterable<String> names, Map<String, String> known) {
        TreeMap<String, String> before = new TreeMap<>();
        for (String name : names) {
            before.put(name, was(name, known));
        }
        return before;
    }

    private String was(String name, Map<String, String> before) {
        String known = before.get(name);
        return known == null ? read(name) : known;
    }

    private String read(String name) {
        String known = present.get(name);
        if (known == null) {
            known = netns.parameter(name);
            present.put(name, known);
        }
        return known;
    }

    private boolean isThere(String name) {
        return find(name) != null;
    }

    /** The present value; null when the kernel has no such parameter. */
    @Nullable
    String find(String name) {
        try {
            return read(name);
        } catch (KernelRefused refused) {
            if (refused.errno() != Errno.ENOENT) {
                throw refused;
            }
            return null;
        }
    }

    void set(Map<String, String> values, Undo undo) {
        for (Map.Entry<String, String> each : values.entrySet()) {
            String name = each.getKey();
            String before = read(name);
            if (!before.equals(each.getValue())) {
                undo.step(() -> netns.setParameter(name, each.getValue()), () -> netns.setParameter(name, before));
                present.put(name, each.getValue());
            }
        }
    }

    /**
     * Puts back what nobody needs any more; a parameter may have gone with its interface.
     *
     * @param before names and values that the attachment which goes remembers
     * @param needed names that others remember
     */
    void putBack(Map<String, String> before, Set<String> needed) {
        for (Map.Entry<String, String> each : before.entrySet()) {
            String name = each.getKey();
            if (!needed.contains(name) && isThere(name) && !read(name).equals(each.getValue())) {
                netns.setParameter(name, each.getValue());
            }
        }
    }
}
