// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.l34gateway.api.Names;
import org.l34gateway.program.Dealing;

class GatewayOptionsTest {
    private static GatewayOptions options(Map<String, String> annotations) {
        Gateway gateway = Fixtures.gateway("gw");
        gateway.getSpec().getInfrastructure().setAnnotations(annotations);
        return GatewayOptions.of(gateway);
    }

    @Test
    void a_gateway_that_says_nothing_has_the_defaults() {
        Gateway bare = Fixtures.gateway("gw");
        bare.getSpec().setInfrastructure(null);
        assertThat(GatewayOptions.of(bare)).isEqualTo(GatewayOptions.DEFAULT);
        assertThat(options(Map.of())).isEqualTo(GatewayOptions.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource({"off, OFF", "nftables, NFTABLES", "ebpf, EBPF"})
    void the_fast_path_can_be_chosen(String text, FastPathChoice choice) {
        GatewayOptions options = options(Map.of(Names.FAST_PATH_ANNOTATION, text));
        assertThat(options.fastPath()).isEqualTo(choice);
        assertThat(options.problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"rendezvous, RENDEZVOUS", "maglev, MAGLEV"})
    void the_slot_table_can_be_chosen(String text, Dealing choice) {
        GatewayOptions options = options(Map.of(Names.SLOT_TABLE_ANNOTATION, text));
        assertThat(options.slotTable()).isEqualTo(choice);
        assertThat(options.problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"OFF", "''", "true", "'nftables '"})
    void a_value_that_is_none_is_told_and_the_default_taken(String text) {
        GatewayOptions options = options(Map.of(Names.FAST_PATH_ANNOTATION, text));
        assertThat(options.fastPath()).isEqualTo(FastPathChoice.NFTABLES);
        assertThat(options.problems())
                .containsExactly("spec.infrastructure.annotations[l-3-4-gateway-api-poc/fast-path] must be one of off,"
                        + " nftables, ebpf, got \"" + text + "\"; taking nftables");
    }

    @Test
    void a_long_value_is_cut_where_it_is_told() {
        assertThat(options(Map.of(Names.FAST_PATH_ANNOTATION, "x".repeat(100_000)))
                        .problems())
                .singleElement()
                .satisfies(text -> assertThat(text).hasSizeLessThan(250));
    }
}
