// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.cni.host.JvmHost;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Netns;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.node.probe.NextHopProbes;
import org.l34gateway.node.sandbox.LinuxSandboxes;
import org.l34gateway.runtime.loop.Pace;
import org.l34gateway.runtime.loop.ReconcileLoop;
import org.l34gateway.runtime.loop.Reconciler;
import org.l34gateway.runtime.loop.Ticker;
import org.l34gateway.runtime.snapshot.Snapshot;
import org.l34gateway.runtime.write.ClusterWriter;
import org.l34gateway.runtime.write.FieldManager;
import org.l34gateway.runtime.write.Written;

/** All loops of node-agent at their own pace, with a pod and two gateways on one link; the API server never answers. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class NextHopDeathKernelTest {
    private static final String BOTH = "route 0.0.0.0/0 5000 UNICAST 10.1.0.1 10.1.0.2";
    private static final String FIRST = "route 0.0.0.0/0 5000 UNICAST 10.1.0.1";
    private static final int ROUNDS = 5;

    @TempDir
    Path folder;

    /** From the failure until no answer goes there any more. The kernel alone takes 38 s. */
    private static final long BOUND_MILLIS = 1_000;

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    @Test
    void a_dead_next_hop_leaves_the_route_and_comes_back_without_api_server(ScratchNetns gateways) throws IOException {
        Files.createDirectory(folder.resolve("netns"));
        try (PodNetns pod = new PodNetns(folder.resolve("netns/cni-target"), "10.0.0.7/24", "10.1.0.50/24")) {
            HangingWriter writer = new HangingWriter();
            connect(pod, gateways);
            try (Loops _ = start(writer)) {
                awaitMillis("both", () -> pod.holds().contains(BOTH));
                awaitMillis("answers", () -> isReachable(pod, "10.1.0.1") && isReachable(pod, "10.1.0.2"));
                List<Long> deaths = new ArrayList<>();
                List<Long> returns = new ArrayList<>();
                for (int i = 0; i < ROUNDS; i++) {
                    address(gateways, "10.1.0.2", false);
                    deaths.add(awaitMillis("death", () -> pod.holds().contains(FIRST)));
                    assertThat(metrics.get("l34.node.next.hops.dead").gauge().value())
                            .isEqualTo(1);
                    address(gateways, "10.1.0.2", true);
                    returns.add(awaitMillis("return", () -> pod.holds().contains(BOTH)));
                }
                assertInTime(deaths);
                assertInTime(returns);
                address(gateways, "10.1.0.2", false);
                address(gateways, "10.1.0.1", false);
                awaitMillis(
                        "the death of both",
                        () -> metrics.get("l34.node.next.hops.dead").gauge().value() == 2);
                awaitMillis("all stay when none answers", () -> pod.holds().contains(BOTH));
                assertThat(writer.asked.getCount()).as("somebody tried to tell").isZero();
                writer.giveUp();
            }
        }
    }

    /** One round may meet a busy machine. */
    private static void assertInTime(List<Long> millis) {
        List<Long> sorted = millis.stream().sorted().toList();
        assertThat(sorted.get(ROUNDS - 2)).as("of %s ms", millis).isLessThan(BOUND_MILLIS);
    }

    private Loops start(ClusterWriter writer) {
        AttachmentRecords records = new AttachmentRecords(
                new JvmHost(), folder.resolve("data/attachments").toString());
        ExampleCluster cluster = new ExampleCluster();
        cluster.route("\"20.0.0.1/32\"");
        cluster.gatewayPod("2");
        cluster.report("2", "");
        Snapshot snapshot = cluster.snapshot();
        NewsTeller teller =
                new NewsTeller(new ClusterTeller(writer, InstantSource.system(), records.bootId(), "1"), Ticker.SYSTEM);
        ReconcileLoop telling = loop("telling", teller);
        AtomicReference<@Nullable ReconcileLoop> pods = new AtomicReference<>();
        NextHopProbes probes = new NextHopProbes(
                records.host(),
                Ticker.SYSTEM,
                metrics,
                () -> Objects.requireNonNull(pods.get()).trigger());
        NodeAgent agent = new NodeAgent(
                () -> Optional.of(snapshot),
                "node-a",
                new LinuxSandboxes(records, folder.resolve("netns")),
                probes,
                news -> {
                    teller.offer(news);
                    telling.trigger();
                },
                Ticker.SYSTEM,
                metrics);
        ReconcileLoop deciding = loop("pods", agent);
        pods.set(deciding);
        ReconcileLoop probing = loop("probes", probes);
        deciding.trigger();
        probing.trigger();
        return new Loops(List.of(probing, deciding, telling), probes);
    }

    private record Loops(List<ReconcileLoop> all, NextHopProbes probes) implements AutoCloseable {
        @Override
        public void close() {
            all.forEach(ReconcileLoop::close);
            probes.close();
        }
    }

    private ReconcileLoop loop(String name, Reconciler reconciler) {
        Pace pace = Pace.every(Duration.ofMillis(100));
        return new ReconcileLoop(name, reconciler, pace, Ticker.SYSTEM, metrics, Thread.ofPlatform()).start();
    }

    /** An API server that takes requests and answers none. */
    private static final class HangingWriter implements ClusterWriter {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch over = new CountDownLatch(1);

        private <T> Written<T> hang() {
            asked.countDown();
            try {
                over.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            throw new KubernetesClientException("timeout");
        }

        @Override
        public <T extends HasMetadata> Written<T> apply(T object, FieldManager manager, boolean force) {
            return hang();
        }

        @Override
        public <T extends HasMetadata> Written<T> applyStatus(T object, FieldManager manager, boolean force) {
            return hang();
        }

        @Override
        public <T extends HasMetadata> Written<T> create(T object) {
            return hang();
        }

        @Override
        public <T extends HasMetadata> Written<T> delete(T object) {
            throw new AssertionError("node-agent deletes nothing");
        }

        void giveUp() {
            over.countDown();
        }
    }

    /** The far end of the pod's net1 becomes the gateways' interface; one namespace answers for both. */
    private static void connect(PodNetns pod, ScratchNetns gateways) {
        try (Netns there = Netns.open(gateways.path())) {
            pod.kernel(kernel -> {
                kernel.moveTo(index(kernel, "net1-far"), there.fd());
                return 0;
            });
        }
        gateways.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                Rtnetlink kernel = new Rtnetlink(socket);
                kernel.setUp(index(kernel, "net1-far"), true);
            }
            return 0;
        });
        address(gateways, "10.1.0.1", true);
        address(gateways, "10.1.0.2", true);
    }

    private static void address(ScratchNetns gateways, String text, boolean there) {
        gateways.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                Rtnetlink kernel = new Rtnetlink(socket);
                Address address = new Address(index(kernel, "net1-far"), IpAddress.parse(text), 24, 0, 0, 0);
                return there ? kernel.add(address) : kernel.delete(address);
            }
        });
    }

    private static int index(Rtnetlink kernel, String name) {
        return Objects.requireNonNull(kernel.link(name), name).index();
    }

    private static boolean isReachable(PodNetns pod, String address) {
        return pod.kernel(kernel -> kernel.neighbours().stream()
                .anyMatch(entry -> entry.address().equals(IpAddress.parse(address))
                        && entry.state() == Neighbour.STATE_REACHABLE));
    }

    private static long awaitMillis(String what, BooleanSupplier condition) {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - began).as(what).isLessThan(TimeUnit.SECONDS.toNanos(10));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }
}
