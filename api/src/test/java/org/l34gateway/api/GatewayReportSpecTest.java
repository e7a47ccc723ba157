// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatewayReportSpecTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void a_report_of_before_targets_were_probed_reaches_all_of_them() throws Exception {
        GatewayReportSpec old = JSON.readValue("""
                {"gateway":{"namespace":"shop","name":"gw","uid":"uid-gw"},"podUID":"uid-gw-0","observedAt":"",
                 "programmed":true,"addresses":["10.0.0.9"]}""", GatewayReportSpec.class);
        assertThat(old.unreachable()).isEmpty();
        assertThat(old.isolated()).isFalse();
    }

    @Test
    void what_is_not_reached_survives_json() throws Exception {
        GatewayReportSpec report = JSON.readValue("""
                {"gateway":{"namespace":"shop","name":"gw","uid":"uid-gw"},"podUID":"uid-gw-0","observedAt":"",
                 "programmed":true,"isolated":true,
                 "unreachable":[{"podUID":"uid-a","addresses":["10.0.0.1"]},{"podUID":"uid-b"}]}""", GatewayReportSpec.class);
        assertThat(report.isolated()).isTrue();
        assertThat(report.unreachable())
                .containsExactly(
                        new GatewayReportSpec.Unreachable("uid-a", List.of("10.0.0.1")),
                        new GatewayReportSpec.Unreachable("uid-b", List.of()));
        assertThat(JSON.readValue(JSON.writeValueAsString(report), GatewayReportSpec.class))
                .isEqualTo(report);
    }
}
