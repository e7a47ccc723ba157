// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.FormatException;
import org.l34gateway.api.Names;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CAs in one Secret, two entries each: {@code SERIAL.crt} and {@code SERIAL.key}. The Secret may exist empty, so that
 * a role can name it and need not allow to create Secrets. Entries that cannot be read are written over.
 */
record SecretAuthorityStore(KubernetesClient client, String namespace, String name) implements AuthorityStore {
    private static final Logger LOG = LoggerFactory.getLogger(SecretAuthorityStore.class);
    private static final String CERTIFICATE = ".crt";
    private static final String KEY = ".key";

    @Override
    public Stored read() {
        Secret secret = resource().get();
        return secret == null
                ? new Stored(Authorities.NONE, null)
                : new Stored(parse(secret), secret.getMetadata().getResourceVersion());
    }

    @Override
    public boolean write(Stored over, Authorities authorities) {
        try {
            if (over.version() == null) {
                client.resource(secret(authorities)).create();
            } else {
                resource().patch(PatchContext.of(PatchType.JSON), patch(over.version(), authorities));
            }
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private Secret secret(Authorities authorities) {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels("app.kubernetes.io/managed-by", Names.MANAGED_BY)
                .endMetadata()
                .withType("Opaque")
                .withData(data(authorities))
                .build();
    }

    /** Only the data changes: labels and owners that others gave the Secret stay. */
    private static String patch(String version, Authorities authorities) {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        // An API server answers 409 when this is not the present version.
        patch.addObject()
                .put("op", "replace")
                .put("path", "/metadata/resourceVersion")
                .put("value", version);
        ObjectNode data =
                patch.addObject().put("op", "add").put("path", "/data").putObject("value");
        data(authorities).forEach(data::put);
        return patch.toString();
    }

    private Resource<Secret> resource() {
        return client.secrets().inNamespace(namespace).withName(name);
    }

    private Authorities parse(Secret secret) {
        Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
        List<Authority> list = new ArrayList<>();
        data.forEach((entry, certificate) -> {
            if (entry.endsWith(CERTIFICATE)) {
                String serial = entry.substring(0, entry.length() - CERTIFICATE.length());
                try {
                    list.add(authority(certificate, data.get(serial + KEY)));
                } catch (FormatException | IllegalArgumentException e) {
                    LOG.warn("secret={}/{} entry={} is no CA of ours: {}", namespace, name, entry, e.getMessage());
                }
            }
        });
        return new Authorities(list);
    }

    private static Authority authority(String certificate, @Nullable String key) throws FormatException {
        if (key == null) {
            throw new FormatException("its key is missing");
        }
        return new Authority(
                Pem.certificates(Base64.getDecoder().decode(certificate)).getFirst(),
                Pem.key(new String(Base64.getDecoder().decode(key), StandardCharsets.US_ASCII)));
    }

    private static Map<String, String> data(Authorities authorities) {
        Map<String, String> data = new TreeMap<>();
        for (Authority each : authorities.list()) {
            data.put(each.serialText() + CERTIFICATE, base64(Pem.of(each.certificate())));
            data.put(each.serialText() + KEY, base64(Pem.of(each.key())));
        }
        return data;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
