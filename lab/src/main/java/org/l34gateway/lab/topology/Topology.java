// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.topology;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The hosts of a lab. Addresses are the same in every lab: each has namespaces of its own, and none is ever configured in
 * the machine's own namespace.
 *
 * @param hosts fabric first, then control plane, nodes, routers
 */
public record Topology(List<HostPlan> hosts) {
    public static final String CONTROL_PLANE = "cp";
    public static final String FABRIC = "fabric";
    public static final String API_SERVER = "172.30.0.1";
    public static final String POD_CIDRS = "10.244.0.0/16,fd00:10:244::/48";
    public static final String SERVICE_CIDRS = "10.96.0.0/16,fd00:10:96::/112";
    /** First address of the Services' range, which the API server gives to itself. */
    public static final String API_SERVICE = "10.96.0.1";

    public static final String ROUTER_V4 = "169.254.100.150";
    public static final String ROUTER_V6 = "100:100::150";
    public static final String CLIENT_V4 = "200.100.0.100";
    public static final String CLIENT_V6 = "200:100::100";

    private static final String MANAGEMENT = "mgmt";
    private static final String TRUNK = "trunk";
    private static final List<Integer> NODES = List.of(1, 2);
    private static final Map<String, Integer> ROUTERS = routers();

    public Topology {
        hosts = List.copyOf(hosts);
    }

    /** One control plane, two nodes and three outside routers, each of these on a VLAN of its own. */
    public static Topology standard(Vlans vlans) {
        var hosts = new ArrayList<HostPlan>();
        hosts.add(new HostPlan(FABRIC, Role.FABRIC, List.of(), List.of(), List.of(), List.of()));
        hosts.add(controlPlane());
        NODES.forEach(number -> hosts.add(node(number, vlans)));
        ROUTERS.forEach((name, vlan) -> hosts.add(router(name, vlan, vlans)));
        return new Topology(hosts);
    }

    public List<HostPlan> withRole(Role role) {
        return hosts.stream().filter(host -> host.role() == role).toList();
    }

    /** Names of all hosts, as {@code lab exec} takes them. */
    public List<String> names() {
        return hosts.stream().map(HostPlan::name).toList();
    }

    /** Address of node {@code number} (1, 2) on the management network. */
    public static List<String> nodeAddresses(int number) {
        return List.of("172.30.0.1" + number, "fd00:172:30::1" + number);
    }

    /** What node {@code number} (1, 2) gives to its pods: IPv4, then IPv6. */
    public static List<String> podCidrs(int number) {
        return List.of("10.244." + number + ".0/24", "fd00:10:244:" + number + "::/64");
    }

    /** The number at the end of a node's name. */
    public static int numberOf(String node) {
        return Integer.parseInt(node.substring("node".length()));
    }

    /**
     * Input of {@code ip -batch}, to be run inside the fabric: bridges, and a veth pair to every card.
     *
     * @param pids host → a process inside it, as the machine numbers processes
     */
    public String fabricBatch(Map<String, Long> pids) {
        var lines = new StringBuilder("link set lo up\n");
        for (String bridge : bridges()) {
            lines.append("link add ").append(bridge).append(" type bridge\n");
            lines.append("link set ").append(bridge).append(" up\n");
        }
        for (HostPlan host : hosts) {
            for (Nic nic : host.nics()) {
                String port = nic.bridge() + "-" + host.name();
                lines.append("link add ")
                        .append(port)
                        .append(" type veth peer name ")
                        .append(nic.name());
                lines.append(" netns /proc/").append(pids.get(host.name())).append("/ns/net\n");
                lines.append("link set ")
                        .append(port)
                        .append(" master ")
                        .append(nic.bridge())
                        .append(" up\n");
            }
        }
        return lines.toString();
    }

    private Set<String> bridges() {
        var bridges = new LinkedHashSet<String>();
        hosts.forEach(host -> host.nics().forEach(nic -> bridges.add(nic.bridge())));
        return bridges;
    }

    private static HostPlan controlPlane() {
        var routes = new ArrayList<String>();
        NODES.forEach(node -> routes.addAll(podRoutes(node)));
        var eth0 = new Nic("eth0", MANAGEMENT, List.of(API_SERVER + "/24", "fd00:172:30::1/64"));
        return new HostPlan(CONTROL_PLANE, Role.CONTROL_PLANE, List.of(eth0), List.of(), List.of(), routes);
    }

    private static HostPlan node(int number, Vlans vlans) {
        var nics = new ArrayList<Nic>();
        var addresses = nodeAddresses(number);
        nics.add(new Nic("eth0", MANAGEMENT, List.of(addresses.get(0) + "/24", addresses.get(1) + "/64")));
        nics.add(new Nic("net", "net", List.of()));
        var tagged = new ArrayList<TaggedLink>();
        switch (vlans) {
            case BRIDGES -> ROUTERS.values().forEach(id -> nics.add(new Nic("vlan" + id, "vlan" + id, List.of())));
            case TAGGED -> {
                nics.add(new Nic(TRUNK, TRUNK, List.of()));
                ROUTERS.values().forEach(id -> tagged.add(new TaggedLink("vlan" + id, TRUNK, id, List.of())));
            }
        }
        // The kernel looks for a route before kube-proxy's rules translate a Service's address: hence a default route,
        // to a host that forwards nothing.
        var routes = new ArrayList<>(List.of("default via " + API_SERVER, "default via fd00:172:30::1"));
        NODES.stream().filter(other -> other != number).forEach(other -> routes.addAll(podRoutes(other)));
        return new HostPlan("node" + number, Role.NODE, nics, tagged, List.of(), routes);
    }

    private static HostPlan router(String name, int vlan, Vlans vlans) {
        var addresses = List.of(ROUTER_V4 + "/24", ROUTER_V6 + "/64");
        var clients = List.of(CLIENT_V4 + "/32", CLIENT_V6 + "/128");
        return switch (vlans) {
            case BRIDGES ->
                new HostPlan(
                        name,
                        Role.ROUTER,
                        List.of(new Nic("vlan1", "vlan" + vlan, addresses)),
                        List.of(),
                        clients,
                        List.of());
            case TAGGED ->
                new HostPlan(
                        name,
                        Role.ROUTER,
                        List.of(new Nic(TRUNK, TRUNK, List.of())),
                        List.of(new TaggedLink("vlan1", TRUNK, vlan, addresses)),
                        clients,
                        List.of());
        };
    }

    private static List<String> podRoutes(int node) {
        var cidrs = podCidrs(node);
        var via = nodeAddresses(node);
        return List.of(cidrs.get(0) + " via " + via.get(0), cidrs.get(1) + " via " + via.get(1));
    }

    private static Map<String, Integer> routers() {
        var routers = new LinkedHashMap<String, Integer>();
        routers.put("vpn-a", 100);
        routers.put("vpn-b", 200);
        routers.put("vpn-c", 300);
        return routers;
    }
}
