// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.Names;
import org.l34gateway.api.SliceTargets;

/** Two processes of the controller against a real API server, the leader of which is killed or stopped. */
@Tag("cluster")
class FailOverOnApiServerTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int KILLS = 4;
    private static final int STOPS = 3;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ScratchApiServer server;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static KubernetesClient client;

    private final Map<String, Process> replicas = new LinkedHashMap<>();
    private int serial;

    @BeforeAll
    static void startServer() throws Exception {
        server = ScratchApiServer.start();
        client = server.client();
        server.define(client);
        for (String name : List.of("shop", "l34-system")) {
            create(new NamespaceBuilder()
                    .withNewMetadata()
                    .withName(name)
                    .endMetadata()
                    .build());
        }
        create(Fixtures.gateway("gw"));
        create(Fixtures.service("web", "gw"));
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (server != null) {
            client.close();
            server.close();
        }
    }

    @AfterEach
    void killReplicas() throws InterruptedException {
        for (Process replica : replicas.values()) {
            replica.destroyForcibly().waitFor();
        }
        client.resources(Pod.class).inNamespace("shop").withGracePeriod(0).delete();
    }

    @Test
    void a_leader_that_is_killed_is_replaced_within_five_seconds() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        startReplica();
        for (int i = 0; i < KILLS; i++) {
            startReplica();
            String uid = newTarget();
            Await.until("the leader writes", SOON, () -> isTarget(uid));
            // Any time between two renewals.
            TimeUnit.MILLISECONDS.sleep(dice.nextInt(300));
            Process leader = takeLeader();
            long killed = System.nanoTime();
            leader.destroyForcibly();
            String next = newTarget();
            Await.until("the other replica writes", SOON, () -> isTarget(next));
            long millis = Duration.ofNanos(System.nanoTime() - killed).toMillis();
            System.out.println("killed leader replaced, with its first slice written, after " + millis + " ms");
            assertThat(millis).as("kill %d, seed %d", i, seed).isLessThanOrEqualTo(5_000);
        }
    }

    @Test
    void a_leader_that_is_stopped_hands_over_within_a_second() throws Exception {
        startReplica();
        for (int i = 0; i < STOPS; i++) {
            startReplica();
            String uid = newTarget();
            Await.until("the leader writes", SOON, () -> isTarget(uid));
            Process leader = takeLeader();
            long asked = System.nanoTime();
            leader.destroy();
            Await.until("the other replica leads", SOON, () -> replicas.containsKey(leader()));
            long millis = Duration.ofNanos(System.nanoTime() - asked).toMillis();
            System.out.println("stopped leader replaced after " + millis + " ms");
            assertThat(millis).as("stop %d", i).isLessThanOrEqualTo(1_000);
        }
    }

    /** Starts a process and waits until it has read everything. */
    private void startReplica() throws Exception {
        String name = "replica-" + serial++;
        int port = ScratchApiServer.freePort();
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ControllerMain.class.getName(),
                        "--gateway-image=l34/gateway:1",
                        "--bird-image=l34/bird:1",
                        "--namespace=l34-system",
                        "--pod-name=" + name,
                        "--health-port=" + port)
                .redirectErrorStream(true)
                .redirectOutput(server.log(name));
        builder.environment().put("KUBECONFIG", server.kubeconfig().toString());
        replicas.put(name, builder.start());
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest ready = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz"))
                    .build();
            Await.until(
                    name + " is ready",
                    SOON,
                    () -> http.send(ready, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200);
        }
    }

    private Process takeLeader() {
        return Objects.requireNonNull(replicas.remove(leader()), "the leader is none of ours");
    }

    private static String leader() {
        return client.resources(Lease.class)
                .inNamespace("l34-system")
                .withName("l34-endpointslice-controller")
                .require()
                .getSpec()
                .getHolderIdentity();
    }

    /** A pod as the kubelet and Multus leave it; its UID. */
    private String newTarget() {
        Pod pod = new PodBuilder(Fixtures.target("pod-" + serial++, "web", "169.222.100." + serial))
                .editSpec()
                .addNewContainer()
                .withName("c")
                .withImage("i")
                .endContainer()
                .endSpec()
                .build();
        Pod created = create(pod);
        pod.getMetadata().setResourceVersion(created.getMetadata().getResourceVersion());
        client.resource(pod).updateStatus();
        return created.getMetadata().getUid();
    }

    private static boolean isTarget(String uid) throws Exception {
        EndpointSlice slice = client.resources(EndpointSlice.class)
                .inNamespace("shop")
                .withName("web-ipv6")
                .require();
        return SliceTargets.parse(slice.getMetadata().getAnnotations().get(Names.TARGETS_ANNOTATION)).targets().stream()
                .anyMatch(target -> target.uid().equals(uid));
    }

    private static <T extends HasMetadata> T create(T object) {
        object.getMetadata().setUid(null);
        return client.resource(object).create();
    }
}
