// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.process;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.DeserializationFeature;
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

    /** A watch whose connection was cut silently ends after once to twice this. */
    static final Duration PING_INTERVAL = Duration.ofSeconds(10);

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
                // On a connection that was cut silently an HTTP/2 client goes on for a quarter of an hour; HTTP/1.1
                // drops it with the first request that times out (docs/adr/0009).
                .withHttp2Disable(true)
                .build();
        return build(ours);
    }

    /**
     * A client for the same cluster with connections of its own, for requests that are more urgent than others.
     *
     * @param requestTimeout after which a request is given up, and its connection with it
     */
    public static KubernetesClient another(KubernetesClient client, Duration requestTimeout) {
        return build(new ConfigBuilder(client.getConfiguration())
                .withRequestTimeout((int) requestTimeout.toMillis())
                .build());
    }

    private static KubernetesClient build(Config config) {
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new PingingHttpClientFactory(PING_INTERVAL))
                .withKubernetesSerialization(serialization())
                .withTaskExecutorSupplier(Executors::newVirtualThreadPerTaskExecutor)
                .build();
    }

    /** As fabric8's own, but an absent component of a record is left out instead of written as null, which CRDs refuse,
     * lists and maps that are null on the wire are empty,
     * and fields that nobody knows are skipped. */
    static KubernetesSerialization serialization() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);
        // While the product is upgraded, its old processes read what its new ones write.
        mapper.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        // The API server writes an empty EndpointSlice with "endpoints": null.
        JsonSetter.Value emptyForNull = JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY);
        mapper.configOverride(List.class).setSetterInfo(emptyForNull);
        mapper.configOverride(Map.class).setSetterInfo(emptyForNull);
        return new KubernetesSerialization(mapper, true);
    }
}
