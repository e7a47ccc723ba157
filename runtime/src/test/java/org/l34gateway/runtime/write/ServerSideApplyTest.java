// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.l34gateway.runtime.process.ClusterConnection;

@EnableKubernetesMockClient
class ServerSideApplyTest {
    private static final FieldManager MANAGER = new FieldManager("l34-test");
    private static final String MAP = "/api/v1/namespaces/ns/configmaps/m";

    @SuppressWarnings("NullAway.Init") // set by the extension
    static KubernetesMockServer server;

    @SuppressWarnings("NullAway.Init") // set by the extension
    static KubernetesClient client;

    @SuppressWarnings("NullAway.Init") // opened before all tests
    private static KubernetesClient ours;

    private final AtomicBoolean leader = new AtomicBoolean(true);

    @BeforeAll
    static void open() {
        ours = ClusterConnection.open("test", client.getConfiguration());
    }

    @AfterAll
    static void close() {
        ours.close();
    }

    private ClusterWriter writer() {
        return new ServerSideApply(ours, leader::get, new SimpleMeterRegistry());
    }

    private static ConfigMap map() {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName("m")
                .withUid("u")
                .withResourceVersion("7")
                .endMetadata()
                .addToData("a", "b")
                .build();
    }

    private void answers(String method, String path, int code) {
        var status = new StatusBuilder()
                .withCode(code)
                .withMessage("says the server")
                .build();
        switch (method) {
            case "PATCH" ->
                server.expect().patch().withPath(path).andReturn(code, status).once();
            case "POST" ->
                server.expect().post().withPath(path).andReturn(code, status).once();
            case "DELETE" ->
                server.expect().delete().withPath(path).andReturn(code, status).once();
            default -> throw new IllegalArgumentException(method);
        }
    }

    @Test
    void applies_with_our_field_manager_and_returns_what_the_server_has() throws Exception {
        String path = MAP + "?fieldManager=l34-test&force=true";
        server.expect().patch().withPath(path).andReturn(200, map()).once();
        assertThat(writer().apply(map(), MANAGER, true)).isEqualTo(new Written.Done<>(map()));
        RecordedRequest request = server.getLastRequest();
        assertThat(request.getHeader("Content-Type")).isEqualTo("application/apply-patch+yaml");
        assertThat(request.getUtf8Body()).contains("\"resourceVersion\":\"7\"", "\"a\":\"b\"");
    }

    @Test
    void status_goes_to_the_subresource() {
        Deployment deployment = new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName("d")
                .endMetadata()
                .withNewStatus()
                .withReplicas(1)
                .endStatus()
                .build();
        server.expect()
                .patch()
                .withPath("/apis/apps/v1/namespaces/ns/deployments/d/status?fieldManager=l34-test&force=false")
                .andReturn(200, deployment)
                .once();
        assertThat(writer().applyStatus(deployment, MANAGER, false).done()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "409, Conflict",
        "404, NotFound",
        "400, Refused",
        "403, Refused",
        "422, Refused",
    })
    void expected_refusals_are_values(int code, String kind) {
        answers("PATCH", MAP + "?fieldManager=l34-test&force=true", code);
        Written<ConfigMap> written = writer().apply(map(), MANAGER, true);
        assertThat(written.getClass().getSimpleName()).isEqualTo(kind);
        assertThat(written.toString()).contains("says the server");
    }

    @Test
    void what_is_to_be_created_and_is_there_already_is_a_conflict() {
        answers("POST", "/api/v1/namespaces/ns/configmaps", 409);
        assertThat(writer().create(map())).isInstanceOf(Written.Conflict.class);
    }

    @Test
    void an_outage_is_an_exception() {
        answers("PATCH", MAP + "?fieldManager=l34-test&force=true", 500);
        assertThatThrownBy(() -> writer().apply(map(), MANAGER, true)).isInstanceOf(KubernetesClientException.class);
    }

    @Test
    void a_delete_names_the_version_that_was_seen() throws Exception {
        server.expect()
                .delete()
                .withPath(MAP)
                .andReturn(
                        200,
                        new StatusBuilder()
                                .withNewDetails()
                                .withName("m")
                                .endDetails()
                                .build())
                .once();
        assertThat(writer().delete(map()).done()).isTrue();
        assertThat(server.getLastRequest().getUtf8Body()).contains("\"preconditions\":{\"resourceVersion\":\"7\"");
    }

    @ParameterizedTest
    @CsvSource({"409, Conflict", "404, NotFound"})
    void a_delete_that_comes_too_late_is_a_value(int code, String kind) {
        answers("DELETE", MAP, code);
        assertThat(writer().delete(map()).getClass().getSimpleName()).isEqualTo(kind);
    }

    @Test
    void who_does_not_lead_sends_nothing() {
        leader.set(false);
        int before = server.getRequestCount();
        assertThatThrownBy(() -> writer().apply(map(), MANAGER, true)).isInstanceOf(WritesForbidden.class);
        assertThatThrownBy(() -> writer().create(map())).isInstanceOf(WritesForbidden.class);
        assertThatThrownBy(() -> writer().applyStatus(map(), MANAGER, true)).isInstanceOf(WritesForbidden.class);
        assertThatThrownBy(() -> writer().delete(map())).isInstanceOf(WritesForbidden.class);
        assertThat(server.getRequestCount()).isEqualTo(before);
    }
}
