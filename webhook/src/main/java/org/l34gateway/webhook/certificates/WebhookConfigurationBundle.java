// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ServiceReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.FormatException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code clientConfig.caBundle} of those webhooks in a MutatingWebhookConfiguration that call our Service. Nothing else of
 * it is touched.
 *
 * @param name of the configuration
 */
record WebhookConfigurationBundle(KubernetesClient client, String name, String namespace, String service)
        implements TrustedBundle {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookConfigurationBundle.class);

    @Override
    public Set<X509Certificate> publish(String bundle) {
        MutatingWebhookConfiguration present = resource().get();
        if (present == null) {
            LOG.warn("mutatingwebhookconfiguration={} does not exist, so nobody is told to trust us", name);
            return Set.of();
        }
        String wanted = Base64.getEncoder().encodeToString(bundle.getBytes(StandardCharsets.US_ASCII));
        ArrayNode patch = patch(present, wanted);
        if (patch.isEmpty()) {
            return certificates(wanted);
        }
        // An API server refuses a patch whose resourceVersion is not the present one: indexes may have moved.
        patch.insertObject(0)
                .put("op", "replace")
                .put("path", "/metadata/resourceVersion")
                .put("value", present.getMetadata().getResourceVersion());
        try {
            resource().patch(PatchContext.of(PatchType.JSON), patch.toString());
            LOG.info("wrote caBundle mutatingwebhookconfiguration={} webhooks={}", name, patch.size() - 1);
            return certificates(wanted);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            // The next look repairs it; until then only what everybody reads counts.
            return trustedByAll(present);
        }
    }

    private Resource<MutatingWebhookConfiguration> resource() {
        return client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(name);
    }

    private ArrayNode patch(MutatingWebhookConfiguration present, String wanted) {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        List<MutatingWebhook> webhooks = present.getWebhooks();
        for (int i = 0; i < webhooks.size(); i++) {
            if (isOurs(webhooks.get(i))
                    && !wanted.equals(webhooks.get(i).getClientConfig().getCaBundle())) {
                patch.addObject()
                        .put("op", "add")
                        .put("path", "/webhooks/" + i + "/clientConfig/caBundle")
                        .put("value", wanted);
            }
        }
        return patch;
    }

    private boolean isOurs(MutatingWebhook webhook) {
        ServiceReference reference = webhook.getClientConfig().getService();
        return reference != null && service.equals(reference.getName()) && namespace.equals(reference.getNamespace());
    }

    private Set<X509Certificate> trustedByAll(MutatingWebhookConfiguration present) {
        Set<X509Certificate> trusted = null;
        for (MutatingWebhook webhook : present.getWebhooks()) {
            if (isOurs(webhook)) {
                Set<X509Certificate> here =
                        certificates(webhook.getClientConfig().getCaBundle());
                if (trusted == null) {
                    trusted = new HashSet<>(here);
                } else {
                    trusted.retainAll(here);
                }
            }
        }
        return trusted == null ? Set.of() : trusted;
    }

    private static Set<X509Certificate> certificates(@Nullable String base64) {
        if (base64 == null) {
            return Set.of();
        }
        try {
            return Set.copyOf(Pem.certificates(Base64.getDecoder().decode(base64)));
        } catch (FormatException | IllegalArgumentException e) {
            // Somebody wrote rubbish; nobody can trust it.
            return Set.of();
        }
    }
}
