// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.RouteType;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.netlink.Rule;

/**
 * What the kernel has in a pod's namespace now.
 *
 * @param routes in all tables, of the families that were asked for
 * @param rules of the same families
 */
record PodRouting(List<Route> routes, List<Rule> rules) {
    PodRouting {
        routes = List.copyOf(routes);
        rules = List.copyOf(rules);
    }

    static PodRouting read(Rtnetlink kernel, Set<IpFamily> families) {
        List<Route> routes = new ArrayList<>();
        List<Rule> rules = new ArrayList<>();
        for (IpFamily family : families) {
            routes.addAll(kernel.routes(family));
            rules.addAll(kernel.rules(family));
        }
        return new PodRouting(routes, rules);
    }

    /** The interface on whose link an address is, 0 when no prefix says so. A default route is no such prefix. */
    int onLink(IpAddress address) {
        int ifindex = 0;
        int longest = 0;
        for (Route route : routes) {
            boolean connected = route.table() == Route.TABLE_MAIN
                    && route.type() == RouteType.UNICAST
                    && route.nextHops().size() == 1
                    && route.nextHops().get(0).gateway() == null;
            if (connected
                    && route.destination().length() > longest
                    && route.destination().contains(address)) {
                longest = route.destination().length();
                ifindex = route.nextHops().get(0).ifindex();
            }
        }
        return ifindex;
    }

    /** Whether any rule or route uses a table. */
    boolean uses(int table) {
        for (Rule rule : rules) {
            if (rule.table() == table) {
                return true;
            }
        }
        for (Route route : routes) {
            if (route.table() == table) {
                return true;
            }
        }
        return false;
    }
}
