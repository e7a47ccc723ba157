// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.process;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** The one way in which processes of this project connect to the API server. */
public final class ClusterConnection {
    /** An API server that does not answer a request within this is treated as down. */
    public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    private ClusterConnection() {}

    /**
     * A client for the cluster of this pod's service account, or of {@code KUBECONFIG}. Nothing is sent yet. Callbacks
     * run on virtual threads.
     *
     * @param userAgent the process' name, as audit logs show it
     */
    public static KubernetesClient open(String userAgent) {
        return open(userAgent, new ConfigBuilder().build());
    }

    /** As {@link #open(String)}, for a given cluster. */
    public static KubernetesClient open(String userAgent, Config config) {
        Config ours = new ConfigBuilder(config)
                .withUserAgent("l34-" + userAgent + "/" + Version.current())
                .withRequestTimeout((int) REQUEST_TIMEOUT.toMillis())
                .withConnectionTimeout(3_000)
                // Retries are the callers' business: loops and watches know how urgent they are.
                .withRequestRetryBackoffLimit(0)
                .withWatchReconnectLimit(0)
                .build();
        return new KubernetesClientBuilder()
                .withConfig(ours)
                .withKubernetesSerialization(serialization())
                .withTaskExecutorSupplier(Executors::newVirtualThreadPerTaskExecutor)
                .build();
    }

    /** As fabric8's own, but an absent component of a record is left out instead of written as null, which CRDs refuse,
     * and lists and maps that are null on the wire are empty. */
    static KubernetesSerialization serialization() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);
        // The API server writes an empty EndpointSlice with "endpoints": null.
        JsonSetter.Value emptyForNull = JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY);
        mapper.configOverride(List.class).setSetterInfo(emptyForNull);
        mapper.configOverride(Map.class).setSetterInfo(emptyForNull);
        return new KubernetesSerialization(mapper, true);
    }
}
