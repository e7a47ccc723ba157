// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.api.Report;
import org.l34gateway.bird.BfdSession;
import org.l34gateway.bird.BgpNeighbour;
import org.l34gateway.bird.BgpSession;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

/**
 * What BIRD of this pod does, as it says itself.
 *
 * @param neighbours that it was configured with
 * @param vips that it was configured to announce, sorted
 * @param sessions with the neighbours
 * @param bfd sessions
 * @param defaultRoutes families in which a router gave it a default route
 * @param problems routers that it did not take, or why it does not answer
 */
public record RouterView(
        List<BgpNeighbour> neighbours,
        SortedSet<IpPrefix> vips,
        List<BgpSession> sessions,
        List<BfdSession> bfd,
        Set<IpFamily> defaultRoutes,
        List<Report.Problem> problems) {
    public RouterView {
        neighbours = List.copyOf(neighbours);
        vips = Collections.unmodifiableSortedSet(new TreeSet<>(vips));
        sessions = List.copyOf(sessions);
        bfd = List.copyOf(bfd);
        defaultRoutes = Collections.unmodifiableSet(
                defaultRoutes.isEmpty() ? EnumSet.noneOf(IpFamily.class) : EnumSet.copyOf(defaultRoutes));
        problems = List.copyOf(problems);
    }

    /** A BIRD that does not answer: it has no sessions, or nobody knows. */
    public static RouterView silent(List<Report.Problem> problems) {
        return new RouterView(
                List.of(), new TreeSet<>(), List.of(), List.of(), EnumSet.noneOf(IpFamily.class), problems);
    }

    /** VIPs that at least one router has learned from us: those of the families of established sessions. Sorted. */
    public SortedSet<IpPrefix> announcedVips() {
        Set<IpFamily> heard = EnumSet.noneOf(IpFamily.class);
        for (BgpNeighbour neighbour : neighbours) {
            if (sessions.stream()
                    .anyMatch(session ->
                            session.established() && session.protocol().equals(neighbour.protocolName()))) {
                heard.add(neighbour.address().family());
            }
        }
        SortedSet<IpPrefix> announced = new TreeSet<>(vips);
        announced.removeIf(vip -> !heard.contains(vip.family()));
        return announced;
    }
}
