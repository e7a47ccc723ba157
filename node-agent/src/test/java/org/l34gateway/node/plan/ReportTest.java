// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.node.plan.Examples.BLUE;
import static org.l34gateway.node.plan.Examples.addresses;
import static org.l34gateway.node.plan.Examples.held;
import static org.l34gateway.node.plan.Examples.vips;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.NodeReportSpec;
import org.l34gateway.api.Report;

class ReportTest {
    private static final AttachmentKey KEY = AttachmentKey.of(BLUE);
    private static final PodFacts POD = Examples.pod(false, false, null);

    private static List<NodeReportSpec.PodReport> report(Held held, Trouble... troubles) {
        var state = new ReportContent.PodState(
                POD, "sandbox-1", addresses("10.0.0.7"), Map.of(KEY, held), List.of(troubles));
        return ReportContent.pods(List.of(state), Map.of(KEY, BLUE));
    }

    @Test
    void says_what_the_kernel_holds() {
        assertThat(report(held("40.0.0.1 20.0.0.1", "10.1.0.2 10.1.0.1")))
                .containsExactly(new NodeReportSpec.PodReport(
                        "shop",
                        "target-a",
                        "uid-a",
                        "sandbox-1",
                        List.of("10.0.0.7"),
                        List.of(new NodeReportSpec.PodGateway(
                                BLUE, List.of("20.0.0.1/32", "40.0.0.1/32"), List.of("10.1.0.1", "10.1.0.2"), 5000)),
                        List.of()));
    }

    @Test
    void a_vip_without_rule_is_not_held() {
        Held half = new Held(
                "blue", vips("20.0.0.1 40.0.0.1"), vips("20.0.0.1"), addresses(""), Examples.bothFamilies(), 5000);
        assertThat(report(half).getFirst().gateways().getFirst().vips()).containsExactly("20.0.0.1/32");
    }

    @Test
    void what_a_deleted_gateway_left_has_no_uid() {
        var state = new ReportContent.PodState(
                POD, "sandbox-1", addresses(""), Map.of(KEY, held("20.0.0.1", "")), List.of());
        assertThat(ReportContent.pods(List.of(state), Map.of())
                        .getFirst()
                        .gateways()
                        .getFirst()
                        .gateway())
                .isEqualTo(new Report.ObjectRef("shop", "blue", ""));
    }

    @Test
    void pods_with_nothing_and_no_trouble_are_left_out() {
        assertThat(report(Held.NOTHING)).isEmpty();
        assertThat(report(Held.NOTHING, new Trouble("KernelRefused", "EPERM"))
                        .getFirst()
                        .problems())
                .containsExactly(new Report.Problem("Pod", "shop", "target-a", "KernelRefused", "EPERM"));
    }

    @Test
    void is_written_at_once_then_when_changed_after_a_second_and_as_a_heartbeat() {
        List<NodeReportSpec.PodReport> one = report(held("20.0.0.1", ""));
        List<NodeReportSpec.PodReport> two = report(held("40.0.0.1", ""));
        assertThat(ReportPace.FIRST.untilDue(one, 5)).isZero();
        ReportPace pace = ReportPace.FIRST.wrote(one, 5);
        assertThat(pace.untilDue(one, 5)).isEqualTo(TimeUnit.SECONDS.toNanos(30));
        assertThat(pace.untilDue(two, 5)).isEqualTo(TimeUnit.SECONDS.toNanos(1));
        assertThat(pace.untilDue(two, 5 + TimeUnit.SECONDS.toNanos(1))).isZero();
    }
}
