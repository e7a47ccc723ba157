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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Netns;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.Rtnetlink;
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
            try (RunningAgent _ = start(writer)) {
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

    private RunningAgent start(ClusterWriter writer) {
        ExampleCluster cluster = new ExampleCluster();
        cluster.route("\"20.0.0.1/32\"");
        cluster.gatewayPod("2");
        cluster.report("2", "");
        Snapshot snapshot = cluster.snapshot();
        return new RunningAgent(folder, () -> snapshot, writer, metrics);
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
        return RunningAgent.awaitMillis(what, Duration.ofSeconds(10), condition);
    }
}
