// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
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

    private static final String RP_FILTER_OF_NEW = "net/ipv4/conf/default/rp_filter";

    private final Namespace netns;
    private final SortedMap<String, String> present;

    private PodSysctls(Namespace netns, SortedMap<String, String> present) {
        this.netns = netns;
        this.present = present;
    }

    /** What is there of all that this attachment may set; nobody else changes them meanwhile. */
    static PodSysctls read(Namespace netns, RouteWanted wanted) {
        Set<String> names = new TreeSet<>(wanted.sysctls().keySet());
        if (!wanted.sources().isEmpty()) {
            names.addAll(WITH_VIPS.keySet());
            names.add(RP_FILTER);
            names.add(RP_FILTER_OF_NEW);
        }
        return new PodSysctls(netns, netns.parameters(names));
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
                if (present.containsKey(each.getKey())) {
                    values.put(each.getKey(), each.getValue());
                }
            }
            // The larger of "all" and an interface's own value counts, so a loose "all" is enough.
            if (STRICT.equals(was(RP_FILTER, before)) || STRICT.equals(present.get(RP_FILTER_OF_NEW))) {
                values.put(RP_FILTER, LOOSE);
            }
        }
        values.putAll(wanted.sysctls());
        return values;
    }

    /**
     * Their values before any attachment of the sandbox changed them.
     *
     * @throws KernelRefused ENOENT when the kernel has no such parameter
     */
    SortedMap<String, String> before(Iterable<String> names, Map<String, String> known) {
        TreeMap<String, String> before = new TreeMap<>();
        for (String name : names) {
            before.put(name, there(name, was(name, known)));
        }
        return before;
    }

    private static String there(String name, @Nullable String value) {
        if (value == null) {
            throw new KernelRefused("open", "/proc/sys/" + name, Errno.ENOENT);
        }
        return value;
    }

    private @Nullable String was(String name, Map<String, String> before) {
        String known = before.get(name);
        return known == null ? present.get(name) : known;
    }

    void set(Map<String, String> values, Undo undo) {
        for (Map.Entry<String, String> each : values.entrySet()) {
            String name = each.getKey();
            String before = there(name, present.get(name));
            if (!before.equals(each.getValue())) {
                undo.step(() -> netns.setParameter(name, each.getValue()), () -> netns.setParameter(name, before));
            }
        }
    }

    /**
     * Puts back what nobody needs any more; a parameter may have gone with its interface.
     *
     * @param before names and values that the attachment which goes remembers
     * @param needed names that others remember
     */
    static void putBack(Namespace netns, Map<String, String> before, Set<String> needed) {
        Map<String, String> unneeded = new TreeMap<>(before);
        unneeded.keySet().removeAll(needed);
        Set<String> changed = changed(netns, unneeded).keySet();
        for (Map.Entry<String, String> each : unneeded.entrySet()) {
            if (changed.contains(each.getKey())) {
                netns.setParameter(each.getKey(), each.getValue());
            }
        }
    }

    /** Which of these have another value now, with that value; one that the kernel has no more is not among them. */
    static SortedMap<String, String> changed(Namespace netns, Map<String, String> wanted) {
        SortedMap<String, String> changed = netns.parameters(wanted.keySet());
        changed.entrySet().removeIf(each -> each.getValue().equals(wanted.get(each.getKey())));
        return changed;
    }
}
