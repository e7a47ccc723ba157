// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.topology;

import java.util.ArrayList;
import java.util.List;

/**
 * One host of the lab: its cards, addresses and routes.
 *
 * @param name unique in a lab: {@code cp}, {@code node1}, {@code vpn-a}
 * @param nics in the order in which they are made
 * @param tagged 802.1Q sub-interfaces of {@code nics}; empty when bridges play the VLANs
 * @param loopback addresses of {@code lo}
 * @param routes what follows {@code ip route add}
 */
public record HostPlan(
        String name, Role role, List<Nic> nics, List<TaggedLink> tagged, List<String> loopback, List<String> routes) {
    public HostPlan {
        nics = List.copyOf(nics);
        tagged = List.copyOf(tagged);
        loopback = List.copyOf(loopback);
        routes = List.copyOf(routes);
    }

    /** Input of {@code ip -batch}, to be run inside the host once its cards are there. */
    public String linkBatch() {
        var lines = new StringBuilder("link set lo up\n");
        for (String address : loopback) {
            addAddress(lines, address, "lo");
        }
        for (Nic nic : nics) {
            up(lines, nic.name(), nic.addresses());
        }
        for (TaggedLink link : tagged) {
            lines.append("link add link ")
                    .append(link.parent())
                    .append(" name ")
                    .append(link.name());
            lines.append(" type vlan id ").append(link.id()).append('\n');
            up(lines, link.name(), link.addresses());
        }
        for (String route : routes) {
            lines.append("route add ").append(route).append('\n');
        }
        return lines.toString();
    }

    private static void up(StringBuilder lines, String link, List<String> addresses) {
        for (String address : addresses) {
            addAddress(lines, address, link);
        }
        lines.append("link set ").append(link).append(" up\n");
    }

    private static void addAddress(StringBuilder lines, String address, String link) {
        lines.append("addr add ").append(address).append(" dev ").append(link);
        lines.append(address.contains(":") ? " nodad\n" : "\n");
    }

    /** Arguments of {@code sysctl -eqw} (-e: br_netfilter may be absent), to be run inside the host before its cards are there. */
    public List<String> sysctls() {
        return switch (role) {
            case FABRIC ->
                List.of(
                        "net.ipv6.conf.all.disable_ipv6=1",
                        "net.ipv6.conf.default.disable_ipv6=1",
                        // With br_netfilter, frames between two hosts would visit the fabric's own packet filter.
                        "net.bridge.bridge-nf-call-arptables=0",
                        "net.bridge.bridge-nf-call-iptables=0",
                        "net.bridge.bridge-nf-call-ip6tables=0");
            case CONTROL_PLANE -> common("0", List.of());
            // kube-proxy's translation has to see answers between two pods of one bridge.
            case NODE ->
                common("1", List.of("net.bridge.bridge-nf-call-iptables=1", "net.bridge.bridge-nf-call-ip6tables=1"));
            case ROUTER -> common("1", List.of());
        };
    }

    private static List<String> common(String forwarding, List<String> more) {
        var all = new ArrayList<>(List.of(
                "net.ipv6.conf.all.disable_ipv6=0",
                "net.ipv6.conf.default.disable_ipv6=0",
                // Addresses are usable at once: nobody else can have them.
                "net.ipv6.conf.all.accept_dad=0",
                "net.ipv6.conf.default.accept_dad=0",
                "net.ipv4.conf.all.forwarding=" + forwarding,
                "net.ipv6.conf.all.forwarding=" + forwarding,
                // What the kernel starts with; distributions set other values, and a new namespace inherits them.
                "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf.default.rp_filter=0",
                "net.ipv4.fib_multipath_hash_policy=1",
                "net.ipv6.fib_multipath_hash_policy=1"));
        all.addAll(more);
        return all;
    }
}
