// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.Route;

class RoutingPlanTest {
    private static final int INTERNAL = 7;
    private static final IpAddress OLD = IpAddress.parse("10.0.0.1");
    private static final IpAddress NEW = IpAddress.parse("10.0.0.2");

    @Test
    void the_first_address_of_a_mark_brings_its_path_but_what_leads_to_others_is_there() {
        assertThat(change(Map.of(), Map.of(NEW, 6), 5, 300).addRules())
                .containsExactly(TargetTree.path(IpFamily.IPV4, 6).getLast());
        assertThat(change(Map.of(), Map.of(NEW, 600)).addRules())
                .containsExactlyInAnyOrderElementsOf(TargetTree.path(IpFamily.IPV4, 600).stream()
                        .filter(rule -> rule.mark().value() != 0)
                        .toList());
    }

    @Test
    void an_address_that_goes_takes_its_route_and_leaves_the_rules_for_the_next_one() {
        RoutingPlan goes = change(Map.of(OLD, 5), Map.of(), 5, 6);
        assertThat(goes.removeRules()).isEmpty();
        assertThat(goes.removeRoutes()).extracting(Route::table).containsExactly(TargetTree.FIRST_TABLE + 5);
        RoutingPlan comes = change(Map.of(), Map.of(NEW, 5), 5, 6);
        assertThat(comes.addRules()).isEmpty();
        assertThat(comes.setRoutes()).extracting(Route::table).containsExactly(TargetTree.FIRST_TABLE + 5);
    }

    @Test
    void a_new_address_is_asked_for_unless_its_neighbour_is_fixed() {
        IpAddress fixed = IpAddress.parse("10.0.0.3");
        Neighbour entry = new Neighbour(INTERNAL, fixed, null, Neighbour.STATE_PERMANENT, 0);
        RoutingPlan comes = RoutingPlan.change(
                new Marks.Change(new TreeMap<>(), new TreeMap<>(Map.of(NEW, 5, fixed, 6))),
                Map.of(),
                INTERNAL,
                (ifindex, address) -> address.equals(fixed) ? entry : null);
        assertThat(comes.meet()).containsExactly(NEW);
        RoutingPlan first = RoutingPlan.decide(
                Map.of(NEW, 5, fixed, 6),
                Set.of(IpFamily.IPV4),
                INTERNAL,
                new RoutingPlan.Present(List.of(), List.of(), List.of(entry)));
        assertThat(first.meet()).containsExactly(NEW);
    }

    private static RoutingPlan change(Map<IpAddress, Integer> go, Map<IpAddress, Integer> come, Integer... ruled) {
        SortedMap<IpAddress, Integer> gone = new TreeMap<>(go);
        NavigableSet<Integer> marks = new TreeSet<>(List.of(ruled));
        return RoutingPlan.change(
                new Marks.Change(gone, new TreeMap<>(come)),
                Map.of(IpFamily.IPV4, marks),
                INTERNAL,
                (ifindex, address) -> null);
    }
}
