// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.node.sandbox.LinuxSandboxes;

/** Any one answer of the kernel gets lost: the pod is read anew by the next run, and is then as it should be. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class OverrunKernelTest {
    private static final String[] HELD = {
        "vip 20.0.0.1/32",
        "vip 2000::1/128",
        "rule 20.0.0.1/32 5000",
        "rule 2000::1/128 5000",
        "route 0.0.0.0/0 5000 UNICAST 10.1.0.1",
        "route 0.0.0.0/0 5000 UNREACHABLE",
        "route ::/0 5000 UNREACHABLE"
    };

    @TempDir
    Path folder;

    private final PodThreads threads = new PodThreads(2);
    private final OverrunHost machine = new OverrunHost();
    private final ExampleCluster cluster = new ExampleCluster();
    private long nanos = 1;

    @AfterEach
    void stop() {
        threads.close();
    }

    /** A new agent for every pod, as after a restart. */
    private NodeAgent agent(Path data) {
        AttachmentRecords records = new AttachmentRecords(machine.host(), data.toString());
        NewsTeller teller = new NewsTeller(
                new ClusterTeller(new FakeWriter(new ArrayList<>()), InstantSource.system(), records.bootId(), "1"),
                _ -> {},
                () -> nanos);
        return new NodeAgent(
                () -> Optional.of(NodeView.of(cluster.snapshot(), "node-a")),
                new LinuxSandboxes(records, folder.resolve("netns")),
                new FakeProbes(),
                news -> {
                    teller.offer(news);
                    teller.reconcile();
                },
                threads,
                () -> nanos,
                new SimpleMeterRegistry());
    }

    private void run(NodeAgent agent) {
        nanos += TimeUnit.SECONDS.toNanos(3);
        agent.reconcile();
    }

    @Test
    void whichever_answer_is_lost_the_next_run_makes_the_pod_true() throws IOException {
        Files.createDirectory(folder.resolve("netns"));
        cluster.route("\"20.0.0.1/32\", \"2000::1/128\"");
        int number = 0;
        boolean lost = true;
        while (lost) {
            number++;
            try (PodNetns pod = new PodNetns(folder.resolve("netns/cni-" + number), "10.0.0.7/24", "10.1.0.50/24")) {
                NodeAgent agent = agent(folder.resolve("data-" + number));
                machine.loseAnswer(number);
                run(agent);
                lost = machine.isLost();
                run(agent);
                assertThat(pod.holds()).as("answer %s of an adoption", number).containsExactlyInAnyOrder(HELD);

                pod.loseVip("20.0.0.1");
                pod.loseRules();
                pod.flushTable();
                machine.loseAnswer(number);
                run(agent);
                lost |= machine.isLost();
                run(agent);
                assertThat(pod.holds()).as("answer %s of a repair", number).containsExactlyInAnyOrder(HELD);
            }
        }
        assertThat(number).as("answers that were lost").isGreaterThan(40);
    }
}
