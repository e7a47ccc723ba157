// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.l34gateway.runtime.leader.Leadership;
import org.l34gateway.runtime.leader.LeaseTerms;
import org.l34gateway.runtime.process.ClusterConnection;
import org.l34gateway.runtime.snapshot.ClusterWatch;
import org.l34gateway.runtime.snapshot.Watched;

/** Watches and leases on a real API server when what lies between fails in ways that nobody is told of. */
@Tag("cluster")
class WatchesOnApiServerTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ScratchApiServer server;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static KubernetesClient direct;

    @SuppressWarnings("NullAway.Init") // set before each test
    private FaultyProxy proxy;

    @SuppressWarnings("NullAway.Init") // set before each test
    private KubernetesClient proxied;

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    @BeforeAll
    static void startServer() throws Exception {
        server = ScratchApiServer.start();
        direct = server.client();
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (server != null) {
            direct.close();
            server.close();
        }
    }

    @BeforeEach
    void startProxy() throws IOException {
        proxy = FaultyProxy.before(server.port());
        proxied = server.client(proxy.port());
    }

    @AfterEach
    void stopProxy() throws IOException {
        proxied.close();
        proxy.close();
    }

    private ClusterWatch watching() throws InterruptedException {
        ClusterWatch watch =
                ClusterWatch.start(proxied, List.of(Watched.everywhere(ConfigMap.class)), () -> {}, metrics);
        hears(watch, SOON);
        return watch;
    }

    /** Writes beside the proxy and waits until the watch shows it; milliseconds. */
    private static long hears(ClusterWatch watch, Duration limit) throws InterruptedException {
        String name = "map-" + UUID.randomUUID();
        direct.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        long before = System.nanoTime();
        Await.until(
                "heard of " + name,
                limit,
                () -> watch.snapshot()
                        .flatMap(snapshot -> snapshot.find(ConfigMap.class, "default", name))
                        .isPresent());
        return Duration.ofNanos(System.nanoTime() - before).toMillis();
    }

    private int relists() {
        return metrics.find("l34.watch.relists").counters().size();
    }

    @Test
    void a_watch_that_was_cut_silently_goes_on_within_two_pings_and_without_a_list() throws Exception {
        try (ClusterWatch watch = watching()) {
            assertThat(hears(watch, SOON)).as("an open watch hears at once").isLessThan(1_000);
            proxy.swallow();
            long millis = hears(watch, Duration.ofSeconds(24));
            System.out.println("a watch that was cut silently heard again after " + millis + " ms");
            assertThat(relists()).isZero();
        }
    }

    @Test
    void a_watch_that_is_reset_goes_on_without_a_list() throws Exception {
        try (ClusterWatch watch = watching()) {
            assertThat(hears(watch, SOON)).isLessThan(1_000);
            proxy.reset();
            assertThat(hears(watch, SOON)).isLessThan(5_000);
            assertThat(relists()).isZero();
        }
    }

    @Test
    void a_server_that_accepts_and_never_answers_is_given_up_and_asked_again() throws Exception {
        proxy.swallowNew(true);
        try (ClusterWatch watch =
                ClusterWatch.start(proxied, List.of(Watched.everywhere(ConfigMap.class)), () -> {}, metrics)) {
            Await.until("it is connected", SOON, () -> proxy.open() > 0);
            proxy.swallowNew(false);
            hears(watch, Duration.ofSeconds(25));
        }
    }

    @Test
    void a_state_from_before_our_resource_version_is_listed_anew() throws Exception {
        try (ClusterWatch watch = watching()) {
            for (int i = 0; i < 200; i++) {
                hears(watch, SOON);
                if (watch.snapshot().orElseThrow().all(ConfigMap.class).size() > 20) {
                    break;
                }
            }
            server.restore();
            hears(watch, SOON);
            Await.until(
                    "what was is no more",
                    SOON,
                    () -> watch.snapshot().orElseThrow().all(ConfigMap.class).size() < 20);
        }
    }

    @Test
    void a_connection_that_was_cut_silently_costs_one_request_and_is_not_used_again() {
        proxied.resources(ConfigMap.class).inNamespace("default").list();
        proxy.swallow();
        assertThatThrownBy(() -> proxied.resources(ConfigMap.class)
                        .inNamespace("default")
                        .list())
                .isInstanceOf(KubernetesClientException.class)
                .cause()
                .hasMessageContaining("timed out");
        long before = System.nanoTime();
        proxied.resources(ConfigMap.class).inNamespace("default").list();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(ClusterConnection.REQUEST_TIMEOUT);
    }

    @Test
    void a_leader_whose_connections_are_cut_silently_goes_on_in_the_same_term() throws Exception {
        Semaphore changes = new Semaphore(0);
        Leadership leadership = Leadership.start(
                proxied, "default", "lease-of-test", "one", LeaseTerms.QUICK, changes::release, metrics);
        try {
            Await.until("it leads", SOON, () -> leadership.term() == 1);
            proxy.swallow();
            long cut = System.nanoTime();
            Await.until("well after the lease would have ended", SOON, () -> {
                assertThat(leadership.term()).isEqualTo(1);
                return System.nanoTime() - cut
                        > LeaseTerms.QUICK.replacedWithin().toNanos();
            });
        } finally {
            leadership.close();
        }
    }
}
