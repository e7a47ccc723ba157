// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.l34gateway.bird.BirdDirectory;

class SettingsTest {
    private static final Map<String, String> LEAST = Map.of(
            "GATEWAY_NAME", "gw", "POD_NAME", "gw-0", "POD_NAMESPACE", "shop", "POD_UID", "u", "NODE_NAME", "node-a");

    @Test
    void what_is_not_given_has_a_default() {
        Settings settings = Settings.of(LEAST);
        assertThat(settings.healthPort()).isEqualTo(8081);
        assertThat(settings.bird()).isEqualTo(BirdDirectory.OF_THE_IMAGE);
        assertThat(settings.identity().gatewayUid()).isNull();
    }

    @Test
    void what_is_given_is_taken() {
        var environment = new HashMap<>(LEAST);
        environment.putAll(Map.of(
                "GATEWAY_NAMESPACE", "shop", "GATEWAY_UID", "g", "HEALTH_PORT", "0", "BIRD_DIRECTORY", "/tmp/bird"));
        Settings settings = Settings.of(environment);
        assertThat(settings.identity().gatewayUid()).isEqualTo("g");
        assertThat(settings.healthPort()).isZero();
        assertThat(settings.bird().path()).isEqualTo(Path.of("/tmp/bird"));
    }

    @Test
    void everything_that_is_wrong_is_said_at_once() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.of(Map.of(
                        "POD_NAMESPACE", "shop",
                        "GATEWAY_NAMESPACE", "other",
                        "HEALTH_PORT", "70000",
                        "BIRD_DIRECTORY", "relative")))
                .withMessageContainingAll(
                        "GATEWAY_NAME is missing", "POD_NAME", "POD_UID", "NODE_NAME", "other", "70000", "relative");
    }
}
