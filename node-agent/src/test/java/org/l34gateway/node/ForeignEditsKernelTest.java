// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.cni.SandboxLock;
import org.l34gateway.cni.host.JvmHost;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.runtime.snapshot.Snapshot;

/** What somebody with a shell does in pods, one pod each, while node-agent runs at its own pace. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class ForeignEditsKernelTest {
    /** From the edit until the pod is as before; node-agent looks every 3 s. */
    private static final Duration BOUND = Duration.ofSeconds(10);

    private static final List<String> PARAMETERS = List.of(
            "net/ipv4/fib_multipath_hash_policy",
            "net/ipv6/fib_multipath_hash_policy",
            "net/ipv4/fib_multipath_use_neigh",
            "net/ipv4/conf/all/arp_announce",
            "net/ipv4/conf/all/arp_ignore");

    /** What somebody does to a pod. */
    private record Edit(String name, Consumer<PodNetns> hand) {}

    private static final List<Edit> EDITS = List.of(
            new Edit("address removed", pod -> pod.loseVip("20.0.0.1")),
            new Edit("address of IPv6 removed", pod -> pod.loseVip("2000::1")),
            new Edit("rules deleted", PodNetns::loseRules),
            new Edit("table flushed", PodNetns::flushTable),
            new Edit("answers diverted", pod -> pod.divert("0.0.0.0/0")),
            new Edit("some answers diverted", pod -> pod.divert("10.200.0.0/16")),
            new Edit("some answers of IPv6 diverted", pod -> pod.divert("2001:db8::/32")),
            new Edit("parameter changed", pod -> pod.setParameter("net/ipv4/conf/all/arp_ignore", "0")),
            new Edit("everything taken away", pod -> {
                pod.loseVip("20.0.0.1");
                pod.loseRules();
                pod.flushTable();
                PARAMETERS.forEach(name -> pod.setParameter(name, "0"));
            }));

    /** A pod that is edited, and what it held before. */
    private record Edited(Edit edit, PodNetns pod, SortedSet<String> before) {}

    @TempDir
    Path folder;

    @Test
    void a_pod_is_as_before_within_ten_seconds_of_any_edit() throws IOException {
        Files.createDirectory(folder.resolve("netns"));
        ExampleCluster cluster = new ExampleCluster();
        cluster.remove("Pod/carts-a");
        cluster.route("\"20.0.0.1/32\", \"2000::1/128\"");
        List<PodNetns> pods = new ArrayList<>();
        for (int number = 1; number <= EDITS.size(); number++) {
            cluster.target(number);
            Path mount = folder.resolve("netns/cni-" + number);
            pods.add(new PodNetns(mount, "10.0.1." + number + "/16", "10.1.0.50/24"));
        }
        AttachmentRecords records = new AttachmentRecords(
                new JvmHost(), folder.resolve("data/attachments").toString());
        Snapshot snapshot = cluster.snapshot();
        try (RunningAgent _ = new RunningAgent(
                folder, () -> snapshot, new FakeWriter(new ArrayList<>()), new SimpleMeterRegistry())) {
            List<Edited> edited = new ArrayList<>();
            for (Edit edit : EDITS) {
                PodNetns pod = pods.get(edited.size());
                RunningAgent.awaitMillis("adoption", BOUND, () -> pod.holds().contains("vip 2000::1/128"));
                edited.add(new Edited(edit, pod, state(pod)));
            }
            for (Edited each : edited) {
                // The lock keeps node-agent from being quicker than the look at what the edit did.
                try (SandboxLock _ = records.lock(each.pod().name())) {
                    each.edit().hand().accept(each.pod());
                    assertThat(state(each.pod())).as(each.edit().name()).isNotEqualTo(each.before());
                }
            }
            for (Edited each : edited) {
                RunningAgent.awaitMillis(
                        each.edit().name(), BOUND, () -> state(each.pod()).equals(each.before()));
            }
        } finally {
            pods.forEach(PodNetns::close);
        }
    }

    private static SortedSet<String> state(PodNetns pod) {
        SortedSet<String> state = new TreeSet<>(pod.holds());
        PARAMETERS.forEach(name -> state.add(name + " = " + pod.parameter(name)));
        return state;
    }
}
