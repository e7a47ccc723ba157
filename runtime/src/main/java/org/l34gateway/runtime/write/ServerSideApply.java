// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.write;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NamespaceableResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.HttpURLConnection;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link ClusterWriter} on a real API server. Metric: {@code l34_writes_total{verb,kind,result}}. */
public final class ServerSideApply implements ClusterWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ServerSideApply.class);
    private static final int UNPROCESSABLE = 422;

    private final KubernetesClient client;
    private final BooleanSupplier mayWrite;
    private final MeterRegistry metrics;

    /** @param mayWrite asked before each single write */
    public ServerSideApply(KubernetesClient client, BooleanSupplier mayWrite, MeterRegistry metrics) {
        this.client = client;
        this.mayWrite = mayWrite;
        this.metrics = metrics;
    }

    @Override
    public <T extends HasMetadata> Written<T> apply(T object, FieldManager manager, boolean force) {
        return write("apply", object, () -> client.resource(object).patch(context(manager, force), object));
    }

    @Override
    public <T extends HasMetadata> Written<T> create(T object) {
        return write("create", object, () -> client.resource(object).create());
    }

    @Override
    public <T extends HasMetadata> Written<T> applyStatus(T object, FieldManager manager, boolean force) {
        return write("apply-status", object, () -> {
            NamespaceableResource<T> resource = client.resource(object);
            return resource.subresource("status").patch(context(manager, force), object);
        });
    }

    @Override
    public <T extends HasMetadata> Written<T> delete(T object) {
        // A resourceVersion is never used twice, so it stands for the uid as well.
        return write("delete", object, () -> {
            var gone = client.resource(object)
                    .lockResourceVersion(object.getMetadata().getResourceVersion())
                    .delete();
            if (gone.isEmpty()) {
                throw new KubernetesClientException("not there", HttpURLConnection.HTTP_NOT_FOUND, null);
            }
            return object;
        });
    }

    private static PatchContext context(FieldManager manager, boolean force) {
        return new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(manager.name())
                .withForce(force)
                .build();
    }

    private <T extends HasMetadata> Written<T> write(String verb, T object, Supplier<T> request) {
        String what = object.getKind() + " " + object.getMetadata().getNamespace() + "/"
                + object.getMetadata().getName();
        if (!mayWrite.getAsBoolean()) {
            throw new WritesForbidden(verb + " " + what);
        }
        try {
            Written<T> done = new Written.Done<>(request.get());
            count(verb, object, "done");
            LOG.info("write={} object={}", verb, what);
            return done;
        } catch (KubernetesClientException e) {
            String why = String.valueOf(e.getMessage());
            Written<T> refusal = switch (e.getCode()) {
                case HttpURLConnection.HTTP_CONFLICT -> new Written.Conflict<>(why);
                case HttpURLConnection.HTTP_NOT_FOUND -> new Written.NotFound<>(why);
                case HttpURLConnection.HTTP_BAD_REQUEST, HttpURLConnection.HTTP_FORBIDDEN, UNPROCESSABLE ->
                    new Written.Refused<>(e.getCode(), why);
                default -> {
                    count(verb, object, "failed");
                    throw e;
                }
            };
            count(verb, object, refusal.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT));
            LOG.info("write={} object={} refused={}", verb, what, refusal);
            return refusal;
        }
    }

    private void count(String verb, HasMetadata object, String result) {
        metrics.counter("l34.writes", "verb", verb, "kind", object.getKind(), "result", result)
                .increment();
    }
}
