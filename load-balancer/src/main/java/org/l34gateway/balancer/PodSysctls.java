// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.Sysctl;

/**
 * The kernel parameters that a gateway pod's namespace must have. They are set by the CNI plugin, since /proc/sys is read-only in the
 * pod; here they are only looked at.
 */
final class PodSysctls {
    private PodSysctls() {}

    /** Name → value. */
    static Map<String, String> wanted(Interfaces interfaces) {
        Map<String, String> wanted = new TreeMap<>();
        if (interfaces.families().contains(IpFamily.IPV4)) {
            wanted.put("net/ipv4/ip_forward", "1");
            // Answers to clients come from addresses that no route here leads back to.
            wanted.put("net/ipv4/conf/all/rp_filter", "0");
            interfaces.all().forEach(name -> wanted.put("net/ipv4/conf/" + name + "/rp_filter", "0"));
            wanted.put("net/ipv4/conf/all/src_valid_mark", "0");
            // An ICMP error comes from the address of the network on which the packet came, not from the primary
            // network's.
            wanted.put("net/ipv4/icmp_errors_use_inbound_ifaddr", "1");
            // An ICMP error must not inherit the mark of the packet that it quotes: it goes the other way.
            wanted.put("net/ipv4/fwmark_reflect", "0");
        }
        if (interfaces.families().contains(IpFamily.IPV6)) {
            wanted.put("net/ipv6/conf/all/forwarding", "1");
            wanted.put("net/ipv6/fwmark_reflect", "0");
        }
        return wanted;
    }

    /** Name → value of what makes packets cheaper, but is not needed. */
    static Map<String, String> faster(Interfaces interfaces) {
        Map<String, String> faster = new TreeMap<>();
        // Else the kernel asks for each packet by which way it would answer, and walks all rules once more for that.
        interfaces.all().forEach(name -> faster.put("net/ipv4/conf/" + name + "/accept_local", "1"));
        // Next to nothing here is for a socket of this pod.
        faster.put("net/ipv4/ip_early_demux", "0");
        return faster;
    }

    /** One sentence per parameter that is wrong or can not be read. */
    static List<String> check(Sysctl sysctl, Interfaces interfaces) {
        List<String> problems = new ArrayList<>();
        wanted(interfaces).forEach((name, value) -> {
            try {
                String present = sysctl.read(name);
                if (!present.equals(value)) {
                    problems.add("sysctl " + name + " is " + present + ", want " + value);
                }
            } catch (UncheckedIOException unreadable) {
                problems.add("sysctl " + name + " can not be read, want " + value);
            }
        });
        return List.copyOf(problems);
    }
}
