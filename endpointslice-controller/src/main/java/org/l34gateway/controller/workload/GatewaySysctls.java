// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.l34gateway.api.NetworkSelection;

/** The kernel parameters of a gateway pod's network namespace; /proc/sys is read-only in the pod itself. */
final class GatewaySysctls {
    private GatewaySysctls() {}

    /**
     * By dotted name; a dot inside an interface name is written as a slash, as sysctl(8) does.
     *
     * @param networks the user's elements, which Multus attaches before ours
     */
    static Map<String, String> of(NetworkSelection networks) {
        Map<String, String> sysctls = new TreeMap<>();
        // A gateway pod forwards.
        sysctls.put("net.ipv4.ip_forward", "1");
        sysctls.put("net.ipv6.conf.all.forwarding", "1");
        // Requests come in on one side and answers on the other; the larger of "all" and the interface's own counts.
        sysctls.put("net.ipv4.conf.all.rp_filter", "0");
        sysctls.put("net.ipv4.conf.default.rp_filter", "0");
        // Several outside routers: one flow, one router.
        sysctls.put("net.ipv4.fib_multipath_hash_policy", "1");
        sysctls.put("net.ipv6.fib_multipath_hash_policy", "1");
        // Errors about a packet leave with the address of the interface that it came in on, and with marks of our
        // rules.
        sysctls.put("net.ipv4.icmp_errors_use_inbound_ifaddr", "1");
        sysctls.put("net.ipv4.fwmark_reflect", "0");
        sysctls.put("net.ipv6.fwmark_reflect", "0");
        sysctls.put("net.ipv4.conf.all.src_valid_mark", "0");
        // An address that waits for duplicate address detection holds up the first BGP session by seconds.
        sysctls.put("net.ipv6.conf.all.accept_dad", "0");
        sysctls.put("net.ipv6.conf.default.accept_dad", "0");
        // What costs every packet a look that finds nothing here: sockets, and by which way an answer would go.
        sysctls.put("net.ipv4.ip_early_demux", "0");
        sysctls.put("net.ipv4.conf.eth0.rp_filter", "0");
        for (String name : interfaces(networks)) {
            sysctls.put("net.ipv4.conf." + name.replace('.', '/') + ".rp_filter", "0");
            sysctls.put("net.ipv4.conf." + name.replace('.', '/') + ".accept_local", "1");
        }
        return sysctls;
    }

    /** What Multus makes of the elements; without a name it numbers them from net1. */
    private static List<String> interfaces(NetworkSelection networks) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < networks.elements().size(); i++) {
            String asked = networks.elements().get(i).interfaceName();
            names.add(asked != null ? asked : "net" + (i + 1));
        }
        return names;
    }
}
