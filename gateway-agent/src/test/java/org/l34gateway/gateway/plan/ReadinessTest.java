// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.gateway.plan.Fixtures.GATEWAY;
import static org.l34gateway.gateway.plan.Fixtures.addresses;
import static org.l34gateway.gateway.plan.Fixtures.node;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.api.NodeReport;

class ReadinessTest {
    private static final long SECOND = 1_000_000_000L;
    private static final List<String> VIP = List.of("20.0.0.1/32");
    private static final String HOP = "169.111.100.9";

    private static GatewayReportSpec report(boolean programmed, String... defaultRoutes) {
        return report(programmed, false, defaultRoutes);
    }

    private static GatewayReportSpec report(boolean programmed, boolean isolated, String... defaultRoutes) {
        return new GatewayReportSpec(
                GATEWAY,
                "uid-gw-0",
                "node-a",
                "",
                programmed,
                List.of(HOP, "fd00::9"),
                List.of(defaultRoutes),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                isolated,
                List.of());
    }

    private static Readiness first(GatewayReportSpec report, List<String> targets, NodeReport... nodes) {
        return Readiness.START.next(report, targets, List.of(nodes), 0);
    }

    @Test
    void no_target_satisfies_it_but_program_and_default_route_are_needed() {
        assertThat(first(report(true, "IPv4"), List.of()).ready()).isTrue();
        assertThat(first(report(false, "IPv4"), List.of()).missing()).contains("program");
        assertThat(first(report(true), List.of()).missing()).contains("default route");
    }

    @Test
    void a_pod_that_is_cut_off_from_its_targets_says_so() {
        assertThat(first(report(true, true, "IPv4"), List.of()).missing()).startsWith("isolated");
    }

    @Test
    void every_target_with_a_vip_of_the_family_must_have_it_as_a_next_hop() {
        var targets = List.of("uid-a", "uid-b");
        assertThat(first(
                                report(true, "IPv4"),
                                targets,
                                node("a", VIP, List.of(HOP)),
                                node("b", VIP, List.of("169.111.100.8")))
                        .missing())
                .contains("shop/b")
                .doesNotContain("shop/a");
        assertThat(first(report(true, "IPv4"), targets, node("a", VIP, List.of(HOP, "169.111.100.8")))
                        .ready())
                .isTrue();
        assertThat(first(report(true, "IPv4", "IPv6"), targets, node("a", VIP, List.of(HOP)))
                        .ready())
                .as("no IPv6 VIP, so no IPv6 next hop")
                .isTrue();
        assertThat(first(report(true, "IPv4"), targets, node("c", VIP, List.of()))
                        .ready())
                .as("not a target")
                .isTrue();
    }

    @Test
    void laggards_are_waited_for_30_s_from_the_first_moment_it_could_be_a_next_hop() {
        NodeReport laggard = node("a", VIP, List.of());
        var nodes = List.of(laggard);
        var targets = List.of("uid-a");
        Readiness waiting = Readiness.START
                .next(report(false), targets, nodes, -100 * SECOND)
                .next(report(true, "IPv4"), targets, nodes, -50 * SECOND);
        assertThat(waiting.next(report(true, "IPv4"), targets, nodes, -21 * SECOND)
                        .ready())
                .isFalse();
        assertThat(waiting.next(report(true, "IPv4"), targets, nodes, -20 * SECOND)
                        .ready())
                .isTrue();
    }

    @Test
    void once_reached_a_new_target_does_not_make_it_unready_but_a_lost_default_route_does() {
        Readiness ready = first(report(true, "IPv4"), List.of());
        var laggard = List.of(node("a", VIP, List.of()));
        assertThat(ready.next(report(true, "IPv4"), List.of("uid-a"), laggard, SECOND)
                        .ready())
                .isTrue();
        Readiness lost = ready.next(report(true), List.of("uid-a"), laggard, SECOND);
        assertThat(lost.ready()).isFalse();
        assertThat(lost.next(report(true, "IPv4"), List.of("uid-a"), laggard, 2 * SECOND)
                        .ready())
                .isTrue();
    }

    @Test
    void a_report_that_is_no_addresses_stops_nobody() {
        NodeReport odd = node("a", List.of("20.0.0.1/32", "no address", ""), List.of("nowhere"));
        assertThat(first(report(true, "IPv4"), List.of("uid-a"), odd).missing()).contains("shop/a");
        assertThat(Readiness.stillUsing(addresses(HOP), GATEWAY, List.of(odd))).isEmpty();
    }

    @Test
    void pods_use_it_while_a_node_lists_one_of_its_addresses() {
        var nodes = List.of(node("a", VIP, List.of(HOP)), node("b", VIP, List.of("169.111.100.8")));
        assertThat(Readiness.stillUsing(addresses(HOP, "fd00::9"), GATEWAY, nodes))
                .containsExactly("shop/a");
        assertThat(Readiness.stillUsing(addresses("fd00::9"), GATEWAY, nodes)).isEmpty();
    }
}
