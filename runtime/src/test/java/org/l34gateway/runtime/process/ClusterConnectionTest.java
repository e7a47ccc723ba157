// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.L34RouteStatus;
import org.l34gateway.api.ParentRef;

class ClusterConnectionTest {
    @Test
    void absent_components_of_records_are_left_out() {
        L34Route route = new L34Route();
        route.getMetadata().setName("r");
        route.setStatus(new L34RouteStatus(List.of(new L34RouteStatus.Parent(
                new ParentRef(null, null, null, "gw", null, null), "c", List.<Condition>of()))));
        assertThat(ClusterConnection.serialization().asJson(route))
                .contains("\"parentRef\":{\"name\":\"gw\"}")
                .doesNotContain("null");
    }

    @Test
    void null_on_the_wire_is_an_empty_list_or_map() {
        EndpointSlice slice = ClusterConnection.serialization()
                .unmarshal(
                        "{\"metadata\": {\"labels\": null}, \"endpoints\": null, \"ports\": null}",
                        EndpointSlice.class);
        assertThat(slice.getEndpoints()).isEmpty();
        assertThat(slice.getMetadata().getLabels()).isEmpty();
    }

    /** During an upgrade the old version reads what the new one writes. */
    @Test
    void a_field_that_only_a_newer_version_knows_is_skipped() {
        GatewayReport report = ClusterConnection.serialization()
                .unmarshal(
                        "{\"spec\": {\"podUID\": \"u\", \"fresh\": true, \"targets\": [{\"podUID\": \"t\", \"fresh\": 1}]}}",
                        GatewayReport.class);
        assertThat(report.getSpec().podUID()).isEqualTo("u");
        assertThat(report.getSpec().targets().getFirst().podUID()).isEqualTo("t");
    }

    @Test
    void the_models_of_kubernetes_survive_a_round_trip() {
        var pod = new PodBuilder()
                .withNewMetadata()
                .withName("p")
                .addToAnnotations("unknown", "kept")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .endContainer()
                .endSpec()
                .build();
        var serialization = ClusterConnection.serialization();
        assertThat(serialization.<Object>unmarshal(serialization.asJson(pod))).isEqualTo(pod);
    }
}
