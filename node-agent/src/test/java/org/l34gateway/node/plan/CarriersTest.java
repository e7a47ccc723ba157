// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.FormatException;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.api.Names;
import org.l34gateway.api.NetworkSelection;
import org.l34gateway.ip.IpPrefix;

class CarriersTest {
    private static final IpPrefix VIP = IpPrefix.parse("20.0.0.1");

    private static Pod gatewayPod(String uid, String phase) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("gw-" + uid)
                .withUid(uid)
                .addToLabels(Names.GATEWAY_LABEL, "blue")
                .addToAnnotations(
                        Names.MULTUS_NETWORK_STATUS,
                        "[{\"name\":\"shop/inside\",\"interface\":\"net1\",\"ips\":[\"10.1.0.1\"]}]")
                .endMetadata()
                .withNewStatus()
                .withPhase(phase)
                .endStatus()
                .build();
    }

    private static GatewayReport report(String podUid, String... vipsOfA) {
        GatewayReport report = new GatewayReport();
        report.getMetadata().setNamespace("shop");
        report.getMetadata().setName("gw-" + podUid);
        report.setSpec(new GatewayReportSpec(
                Examples.BLUE,
                podUid,
                "node",
                "2026-01-01T00:00:00Z",
                true,
                List.of(),
                List.of(),
                List.of(),
                List.of(new GatewayReportSpec.TargetVips("uid-a", List.of(vipsOfA))),
                List.of(),
                List.of(),
                List.of(),
                false,
                List.of()));
        return report;
    }

    private static boolean mayCarry(List<GatewayReport> reports, List<Pod> pods) {
        return Carriers.of(reports, pods).mayCarry("shop", "blue", "uid-a", VIP);
    }

    @Test
    void a_live_gateway_that_lists_the_target_carries() {
        assertThat(mayCarry(List.of(report("g1", "20.0.0.1/32")), List.of(gatewayPod("g1", "Running"))))
                .isTrue();
    }

    @Test
    void a_report_that_leaves_it_out_is_evidence() {
        assertThat(mayCarry(List.of(report("g1", "40.0.0.1/32")), List.of(gatewayPod("g1", "Running"))))
                .isFalse();
    }

    @Test
    void a_report_whose_pod_is_gone_or_finished_counts_for_nothing() {
        assertThat(mayCarry(List.of(report("g1", "20.0.0.1/32")), List.of())).isFalse();
        assertThat(mayCarry(List.of(report("g1", "20.0.0.1/32")), List.of(gatewayPod("g1", "Failed"))))
                .isFalse();
    }

    @Test
    void a_live_gateway_without_report_may_do_anything() {
        assertThat(mayCarry(List.of(), List.of(gatewayPod("g1", "Running")))).isTrue();
    }

    @Test
    void another_gateway_without_report_does_not_matter_unless_the_name_is_lost() {
        Carriers carriers = Carriers.of(List.of(), List.of(gatewayPod("g1", "Running")));
        assertThat(carriers.mayCarry("shop", "red", "uid-a", VIP)).isFalse();
        assertThat(carriers.mayCarry("shop", "", "uid-a", VIP)).isTrue();
        assertThat(carriers.mayCarry("elsewhere", "", "uid-a", VIP)).isFalse();
    }

    @Test
    void addresses_of_silent_gateways_come_from_multus() throws FormatException {
        Carriers silent = Carriers.of(List.of(), List.of(gatewayPod("g1", "Running")));
        NetworkSelection inside = NetworkSelection.parse("inside");
        assertThat(silent.silentAddresses("shop", "blue", inside)).isEqualTo(Examples.addresses("10.1.0.1"));
        assertThat(silent.silentAddresses("shop", "red", inside)).isEmpty();
        Carriers speaking = Carriers.of(List.of(report("g1")), List.of(gatewayPod("g1", "Running")));
        assertThat(speaking.silentAddresses("shop", "blue", inside)).isEmpty();
    }
}
