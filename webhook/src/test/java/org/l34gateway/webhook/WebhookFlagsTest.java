// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class WebhookFlagsTest {
    @Test
    void a_namespace_is_enough() {
        WebhookFlags flags = WebhookFlags.parse(List.of("--namespace=l34"));
        assertThat(flags.port()).isEqualTo(9443);
        assertThat(flags.healthPort()).isEqualTo(8081);
        assertThat(flags.tlsSecretDir()).isNull();
        assertThat(flags.nadNamespace()).isNull();
        assertThat(flags.caSecret()).isEqualTo("l34-webhook-ca");
        assertThat(flags.namespace()).isEqualTo("l34");
    }

    @Test
    void every_flag_is_taken() {
        WebhookFlags flags = WebhookFlags.parse(List.of(
                "--namespace=a",
                "--nad-namespace=b",
                "--port=1",
                "--health-port=2",
                "--tls-secret-dir=/tls",
                "--ca-secret=c",
                "--webhook-configuration=d",
                "--service=e"));
        assertThat(List.of(
                        flags.namespace(),
                        String.valueOf(flags.nadNamespace()),
                        flags.port(),
                        flags.healthPort(),
                        String.valueOf(flags.tlsSecretDir()),
                        flags.caSecret(),
                        flags.webhookConfiguration(),
                        flags.service()))
                .isEqualTo(List.of("a", "b", 1, 2, Path.of("/tls").toString(), "c", "d", "e"));
    }

    @Test
    void what_is_missing_or_unknown_is_named() {
        assertThatThrownBy(() -> WebhookFlags.parse(List.of()))
                .isInstanceOf(CommandLine.ParameterException.class)
                .hasMessageContaining("--namespace");
        assertThatThrownBy(() -> WebhookFlags.parse(List.of("--namespace=a", "--prot=1")))
                .hasMessageContaining("--prot");
    }
}
