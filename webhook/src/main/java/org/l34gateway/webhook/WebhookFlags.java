// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What the process is told. Each flag may also stand in the environment, as {@code L34_FLAG_} and its name with
 * underscores: shorter names would collide with those that the kubelet makes of Services.
 */
@Command(name = "webhook")
interface WebhookFlags {
    @Option(names = "--port", defaultValue = "${env:L34_FLAG_PORT:-9443}")
    int port();

    @Option(names = "--health-port", defaultValue = "${env:L34_FLAG_HEALTH_PORT:-8081}")
    int healthPort();

    /** Where a Secret of type {@code kubernetes.io/tls} is mounted; without it the webhook makes its certificates. */
    @Option(names = "--tls-secret-dir", defaultValue = "${env:L34_FLAG_TLS_SECRET_DIR:-" + Option.NULL_VALUE + "}")
    @Nullable
    Path tlsSecretDir();

    /** Name of the Secret in which replicas share their CAs. */
    @Option(names = "--ca-secret", defaultValue = "${env:L34_FLAG_CA_SECRET:-l34-webhook-ca}")
    String caSecret();

    /** Name of the MutatingWebhookConfiguration whose caBundle is kept. */
    @Option(names = "--webhook-configuration", defaultValue = "${env:L34_FLAG_WEBHOOK_CONFIGURATION:-l34-webhook}")
    String webhookConfiguration();

    /** Name of the Service through which API servers call. */
    @Option(names = "--service", defaultValue = "${env:L34_FLAG_SERVICE:-l34-webhook}")
    String service();

    /** The webhook's own namespace: of the Service and the CA Secret. In the environment {@code POD_NAMESPACE}. */
    @Option(names = "--namespace", required = true, defaultValue = "${env:POD_NAMESPACE}")
    String namespace();

    /** Where the NetworkAttachmentDefinitions {@code vip} and {@code policy-route} are. */
    @Option(names = "--nad-namespace", defaultValue = "${env:L34_FLAG_NAD_NAMESPACE:-" + Option.NULL_VALUE + "}")
    @Nullable
    String nadNamespace();

    /**
     * Reads the flags of a command line.
     *
     * @throws CommandLine.ParameterException naming the flag that is wrong or missing
     */
    static WebhookFlags parse(List<String> arguments) {
        return CommandLine.populateSpec(WebhookFlags.class, arguments.toArray(new String[0]));
    }
}
