// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.l34gateway.cni.Undo;
import org.l34gateway.cni.host.Namespace;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;

/**
 * Kernel parameters of a pod. They are set, and put back only when the attachment fails: a later attachment may rely on
 * them, and they end with the namespace.
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

    private PodSysctls() {}

    /** Sets what VIPs need, where the kernel has it, then what was asked for. Returns everything that is set. */
    static SortedMap<String, String> apply(Namespace netns, RouteWanted wanted, Undo undo) {
        TreeMap<String, String> set = new TreeMap<>();
        if (!wanted.sources().isEmpty()) {
            for (Map.Entry<String, String> each : new TreeMap<>(WITH_VIPS).entrySet()) {
                setIfThere(netns, each.getKey(), each.getValue(), set, undo);
            }
            loosen(netns, "net/ipv4/conf/all/rp_filter", set, undo);
            loosen(netns, "net/ipv4/conf/default/rp_filter", set, undo);
        }
        for (Map.Entry<String, String> each : wanted.sysctls().entrySet()) {
            set(netns, each.getKey(), each.getValue(), undo);
            set.put(each.getKey(), each.getValue());
        }
        return set;
    }

    private static void setIfThere(
            Namespace netns, String name, String value, SortedMap<String, String> set, Undo undo) {
        try {
            set(netns, name, value, undo);
            set.put(name, value);
        } catch (KernelRefused refused) {
            if (refused.errno() != Errno.ENOENT) {
                throw refused;
            }
        }
    }

    /** The larger of {@code all} and an interface's own value counts, so a loose {@code all} is enough. */
    private static void loosen(Namespace netns, String name, SortedMap<String, String> set, Undo undo) {
        if (netns.parameter(name).equals(STRICT)) {
            set(netns, "net/ipv4/conf/all/rp_filter", LOOSE, undo);
            set.put("net/ipv4/conf/all/rp_filter", LOOSE);
        }
    }

    private static void set(Namespace netns, String name, String value, Undo undo) {
        String before = netns.parameter(name);
        if (!before.equals(value)) {
            netns.setParameter(name, value);
            undo.add(() -> netns.setParameter(name, before));
        }
    }
}
