// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.KernelWatch;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.neighbour.NeighbourResolution;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.KernelObject;
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.Notification;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.RouteType;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.netlink.Rule;

/**
 * Our routing rules and the tables of the targets, in the kernel of the namespace in which this was opened. What this process
 * has put there is not read again as long as the kernel tells of no change.
 */
final class KernelRouting implements AutoCloseable {
    /** A link that goes down takes routes along, of which the kernel tells nothing. */
    private static final int GROUPS = Notification.GROUP_LINK
            | Notification.GROUP_IPV4_ROUTE
            | Notification.GROUP_IPV6_ROUTE
            | Notification.GROUP_IPV4_RULE
            | Notification.GROUP_IPV6_RULE;

    private final NetlinkSocket socket;
    private final Rtnetlink netlink;
    private final KernelWatch watch;
    private final Set<IpFamily> families;

    /** Null when nobody knows. */
    private @Nullable Known known;
    /** Null when nobody knows. */
    private @Nullable SortedSet<IpPrefix> own;

    /**
     * What is there.
     *
     * @param ruled marks that have their rules, which stay for a time when the target goes
     * @param internalIndex the interface that the routes name; 0 when there are only rules
     */
    private record Known(Map<IpFamily, NavigableSet<Integer>> ruled, int internalIndex) {}

    private KernelRouting(NetlinkSocket socket, KernelWatch watch, Set<IpFamily> families) {
        this.socket = socket;
        this.netlink = new Rtnetlink(socket);
        this.watch = watch;
        this.families = families;
    }

    static KernelRouting open(Set<IpFamily> families) {
        return new KernelRouting(NetlinkSocket.open(), KernelWatch.open(GROUPS), families);
    }

    List<Link> links() {
        return netlink.links();
    }

    /** Mark → address of a target, as the kernel has it. */
    Map<Integer, IpAddress> addresses() {
        return RoutingPlan.Present.read(netlink, families).marks();
    }

    /** Destinations of packets that this pod takes itself, whatever our rules say: rule 0 comes before them. */
    SortedSet<IpPrefix> own() {
        @Nullable SortedSet<IpPrefix> before = own;
        if (before != null) {
            return before;
        }
        SortedSet<IpPrefix> present = new TreeSet<>();
        for (IpFamily family : families) {
            netlink.routes(family, Route.TABLE_LOCAL).stream()
                    .filter(KernelRouting::isOwn)
                    .forEach(route -> present.add(route.destination()));
        }
        SortedSet<IpPrefix> read = Collections.unmodifiableSortedSet(present);
        own = read;
        return read;
    }

    private static boolean isOwn(Route route) {
        return route.table() == Route.TABLE_LOCAL && route.type() != RouteType.MULTICAST;
    }

    /** Whether somebody else may have changed something since everything was as wanted. */
    boolean anyNews() {
        return known() == null;
    }

    private @Nullable Known known() {
        if (known != null && news().stream().anyMatch(KernelRouting::concerns)) {
            forget();
        }
        return known;
    }

    /** All that was told since it was asked for last. */
    private List<Notification> news() {
        List<Notification> all = new ArrayList<>();
        List<Notification> news = watch.await(0);
        while (!news.isEmpty()) {
            all.addAll(news);
            news = watch.await(0);
        }
        return all;
    }

    private static boolean concerns(Notification news) {
        return switch (news) {
            case Notification.Present(var object) -> concerns(object);
            case Notification.Gone(var object) -> concerns(object);
            case Notification.Missed() -> true;
        };
    }

    private static boolean isOfOthers(Notification news) {
        return switch (news) {
            case Notification.Present(var object) -> isOfOthers(object);
            case Notification.Gone(var object) -> isOfOthers(object);
            case Notification.Missed() -> false;
        };
    }

    private static boolean isOfOthers(KernelObject object) {
        return object instanceof Link || (object instanceof Route route && isOwn(route));
    }

    private static boolean concerns(KernelObject object) {
        return switch (object) {
            case Link _ -> true;
            case Rule rule -> TargetTree.isOurs(rule);
            case Route route -> RoutingPlan.isTargetRoute(route) || isOwn(route);
            case Address _, Neighbour _ -> false;
        };
    }

    /**
     * What must change.
     *
     * @param change from the marks of the plan before
     */
    RoutingPlan plan(Marks marks, Marks.Change change, int internalIndex) {
        @Nullable Known now = known();
        return now != null && now.internalIndex() == internalIndex
                ? RoutingPlan.change(change, now.ruled(), internalIndex, netlink::neighbour)
                : RoutingPlan.decide(
                        marks.byAddress(), families, internalIndex, RoutingPlan.Present.read(netlink, families));
    }

    /**
     * Before nftables changes. New targets are asked for their MAC addresses: the kernel would do so too, but keep few of the packets
     * that wait, and lose all others until a question that was lost is asked again.
     */
    void prepare(RoutingPlan plan, int internalIndex) {
        plan.prepare(netlink);
        NeighbourResolution.await(netlink, internalIndex, plan.meet());
    }

    /** After nftables changed: everything is as the plan says. */
    void finish(RoutingPlan plan, Marks marks, Marks.Change change, int internalIndex) {
        plan.cleanUp(netlink);
        // What is told of rules and targets' routes now are our own changes; a link that went took routes along.
        if (news().stream().anyMatch(KernelRouting::isOfOthers)) {
            forget();
        } else if (known != null && known.internalIndex() == internalIndex) {
            change.come().forEach((address, mark) -> ofFamily(known, address).add(mark));
        } else {
            known = new Known(new EnumMap<>(IpFamily.class), internalIndex);
            marks.byAddress()
                    .forEach((address, mark) -> ofFamily(known, address).add(mark));
        }
    }

    private static NavigableSet<Integer> ofFamily(Known known, IpAddress address) {
        return known.ruled().computeIfAbsent(address.family(), _ -> new TreeSet<>());
    }

    /** The next plan removes rules of marks that no target has any more. */
    void letRulesGo(Marks marks) {
        if (known != null
                && known.ruled().values().stream().mapToInt(Set::size).sum()
                        > marks.byAddress().size()) {
            forget();
        }
    }

    /** Nothing is known any more. */
    void forget() {
        known = null;
        own = null;
    }

    @Override
    public void close() {
        watch.close();
        watch.release();
        socket.close();
    }
}
