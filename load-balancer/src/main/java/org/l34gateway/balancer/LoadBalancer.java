// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Sysctl;
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.program.FlowHash;
import org.l34gateway.program.ForwardingProgram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data plane of one gateway pod. It only programs the kernel, which goes on forwarding when this process is gone; a new
 * process adopts what it finds. Needs CAP_NET_ADMIN. Not for use by several threads at once.
 */
public final class LoadBalancer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoadBalancer.class);

    private final Interfaces interfaces;
    private final KernelTable table;
    private final NetlinkSocket socket;
    private final Rtnetlink netlink;
    /** What the slot maps hold; only this process changes them, so they are read once. Emptied when a change fails. */
    private final Map<String, char[]> knownSlots = new HashMap<>();

    /** Mark → target address as last applied: the tables vanish with the interface, the marks must outlive it. */
    private final Map<Integer, IpAddress> knownMarks = new HashMap<>();

    private final LongSupplier nanos;
    private Handovers handovers = Handovers.NONE;

    private LoadBalancer(Interfaces interfaces, KernelTable table, NetlinkSocket socket, LongSupplier nanos) {
        this.interfaces = interfaces;
        this.table = table;
        this.socket = socket;
        this.netlink = new Rtnetlink(socket);
        this.nanos = nanos;
    }

    /**
     * For the calling thread's network namespace, whatever thread uses it later. Changes nothing yet.
     *
     * @param nanos a monotonic clock
     */
    public static LoadBalancer open(Interfaces interfaces, LongSupplier nanos) {
        return new LoadBalancer(interfaces, KernelTable.open(), NetlinkSocket.open(), nanos);
    }

    /** Whether the same program must be applied again, because a time is over that it counted on. */
    public boolean due() {
        return handovers.anyOver(nanos.getAsLong());
    }

    /**
     * Makes the kernel hold exactly this program. Packets see the old or the new program, nothing between; flows whose target
     * stays keep it. To be called again when a call failed or an interface came up.
     *
     * @throws org.l34gateway.linux.nftables.NftablesRefused when nftables refuses; call again
     * @throws org.l34gateway.netlink.KernelRefused when elements, rules or routes are refused; call again
     */
    public Applied apply(ForwardingProgram program) {
        RoutingPlan.Present routing = RoutingPlan.Present.read(netlink, interfaces.families());
        knownMarks.putAll(routing.marks());
        Marks marks = Marks.decide(Forwarding.addresses(program, interfaces.families()), knownMarks);
        Forwarding forwarding = Forwarding.of(program, interfaces.families(), marks);
        PresentTable present = table.read(knownSlots);
        SlotMaps slotMaps = SlotMaps.decide(forwarding.pools(), program.seed(), present.slotMaps());
        Handovers handed = Handovers.next(slotMaps, present.slotMaps(), handovers, nanos.getAsLong());
        boolean remembers = !handed.isEmpty() || present.elements().containsKey(TableText.FLOWS);
        WantedTable wanted = TableText.write(
                forwarding, interfaces, marks, FlowHash.of(program.seed()), new Slotting(slotMaps, handed, remembers));
        TablePlan tablePlan = TablePlan.decide(wanted, present);

        List<String> problems = new ArrayList<>(forwarding.problems());
        @Nullable Link internal = netlink.link(interfaces.internal());
        int internalIndex = internal != null && internal.up() ? internal.index() : 0;
        if (internalIndex == 0) {
            problems.add("interface " + interfaces.internal() + " is not there or not up: no packet reaches a target");
        }
        RoutingPlan routingPlan = RoutingPlan.decide(marks, interfaces.families(), internalIndex, routing);

        routingPlan.prepare(netlink);
        knownSlots.clear();
        tablePlan.steps().forEach(table::run);
        knownSlots.putAll(wanted.slotMaps());
        handovers = handed;
        routingPlan.cleanUp(netlink);
        knownMarks.clear();
        marks.byAddress().forEach((address, mark) -> knownMarks.put(mark, address));

        boolean changed = !tablePlan.isEmpty() || !routingPlan.isEmpty();
        Applied applied =
                new Applied(changed, new TreeSet<>(forwarding.ways().keySet()), forwarding.targets(), problems);
        if (changed) {
            LOG.info(
                    "applied vips={} targets={} steps={} routes=+{}-{} rules=+{}-{} problems={}",
                    applied.vips().size(),
                    applied.targets().size(),
                    tablePlan.steps().size(),
                    routingPlan.setRoutes().size(),
                    routingPlan.removeRoutes().size(),
                    routingPlan.addRules().size(),
                    routingPlan.removeRules().size(),
                    problems.size());
        }
        return applied;
    }

    /** Reads everything again, also what {@link #apply} believes to know; the next apply repairs what somebody else changed. */
    public Held inspect() {
        knownSlots.clear();
        PresentTable present = table.read(Map.of());
        knownSlots.putAll(present.slotMaps());
        Map<Integer, IpAddress> addresses =
                RoutingPlan.Present.read(netlink, interfaces.families()).marks();
        SortedMap<IpPrefix, SortedSet<IpAddress>> targets = new TreeMap<>();
        for (String dispatch : List.of(TableText.DISPATCH4, TableText.DISPATCH6)) {
            PresentTable.Elements vips = present.elements().get(dispatch);
            if (vips != null) {
                vips.entries()
                        .forEach((vip, verdict) -> targets.put(
                                IpPrefix.host(IpAddress.parse(vip)),
                                targets(verdict.substring(TableText.GOTO.length()), present, addresses)));
            }
        }
        List<String> problems = new ArrayList<>(check());
        present.chains().forEach((name, chain) -> {
            if (!chain.policy().isEmpty() && chain.goes().size() != 1) {
                problems.add("nftables hook " + name + " lost its rule");
            }
        });
        return new Held(targets, problems);
    }

    private static SortedSet<IpAddress> targets(String chain, PresentTable table, Map<Integer, IpAddress> addresses) {
        Set<String> maps = new HashSet<>();
        collectMaps(chain, table, maps, new HashSet<>());
        SortedSet<IpAddress> targets = new TreeSet<>();
        for (String map : maps) {
            char[] marks = SlotMaps.isInForce(map) ? table.slotMaps().getOrDefault(map, new char[0]) : new char[0];
            for (char mark : marks) {
                IpAddress address = addresses.get((int) mark);
                if (address != null) {
                    targets.add(address);
                }
            }
        }
        return targets;
    }

    private static void collectMaps(String chain, PresentTable table, Set<String> maps, Set<String> seen) {
        PresentTable.Chain shape = table.chains().get(chain);
        if (shape != null && seen.add(chain)) {
            maps.addAll(shape.looks());
            shape.goes().forEach(next -> collectMaps(next, table, maps, seen));
        }
    }

    /** What is wrong with the namespace: kernel parameters and interfaces. To be called on a thread of this namespace. */
    public List<String> check() {
        List<String> problems = new ArrayList<>();
        Set<String> present = new HashSet<>();
        netlink.links().forEach(link -> present.add(link.name()));
        for (String name : interfaces.all()) {
            if (!present.contains(name)) {
                problems.add("interface " + name + " is not there");
            }
        }
        problems.addAll(PodSysctls.check(Sysctl.SYSTEM, interfaces));
        return List.copyOf(problems);
    }

    /** What the kernel counted; nothing before the first {@link #apply}. */
    public Counters counters() {
        if (!table.exists()) {
            return new Counters(Map.of(), Map.of());
        }
        Map<IpAddress, Counters.Count> vips = new HashMap<>();
        for (String dispatch : List.of(TableText.DISPATCH4, TableText.DISPATCH6)) {
            table.counts("map", dispatch).forEach((vip, count) -> vips.put(IpAddress.parse(vip), count));
        }
        Map<Integer, IpAddress> addresses =
                RoutingPlan.Present.read(netlink, interfaces.families()).marks();
        Map<IpAddress, Counters.Count> targets = new HashMap<>();
        table.counts("set", TableText.TARGETS).forEach((mark, count) -> {
            IpAddress address = addresses.get(Integer.valueOf(mark));
            if (address != null) {
                targets.put(address, count);
            }
        });
        return new Counters(vips, targets);
    }

    /** Closes the sockets; the kernel goes on forwarding. */
    @Override
    public void close() {
        table.close();
        socket.close();
    }
}
