// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.NodeReportSpec;
import org.l34gateway.api.Report;
import org.l34gateway.node.NodeView.PodView;
import org.l34gateway.node.plan.AttachedCondition;
import org.l34gateway.node.plan.AttachmentKey;
import org.l34gateway.node.plan.Claim;
import org.l34gateway.node.plan.PodFacts;
import org.l34gateway.node.plan.PodPlan;
import org.l34gateway.node.plan.ReportContent;
import org.l34gateway.node.plan.ReportPace;
import org.l34gateway.node.plan.Trouble;
import org.l34gateway.node.plan.Unwanted;
import org.l34gateway.node.sandbox.Placement;
import org.l34gateway.node.sandbox.Reading;
import org.l34gateway.node.sandbox.Sandbox;
import org.l34gateway.node.sandbox.SandboxRefused;
import org.l34gateway.node.sandbox.Sandboxes;
import org.l34gateway.routing.Verdict;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.loop.Reconciler;
import org.l34gateway.runtime.loop.Ticker;
import org.l34gateway.runtime.snapshot.Snapshot;
import org.l34gateway.runtime.write.Written;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run: look at the cluster and into the sandboxes, decide, change what differs, tell the cluster. What the kernel
 * holds is read again every {@link #RECHECK}, so that foreign edits do not last.
 *
 * <p>Metrics: {@code l34_node_pods_attached}, {@code l34_node_pods_troubled}, {@code l34_node_changes_total}.
 */
public final class NodeAgent implements Reconciler {
    /** How old what is known of a sandbox may get. */
    public static final Duration RECHECK = Duration.ofSeconds(3);

    private static final Duration GARBAGE_EVERY = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger(NodeAgent.class);

    private final Supplier<Optional<Snapshot>> cluster;
    private final String nodeName;
    private final Sandboxes sandboxes;
    private final ClusterTeller teller;
    private final Ticker ticker;
    private final Counter changes;
    private final AtomicInteger attachedPods;
    private final AtomicInteger troubledPods;

    private final Map<String, PodMemory> memories = new HashMap<>();
    private Unwanted unwanted = Unwanted.NONE;
    private ReportPace pace = ReportPace.FIRST;
    private @Nullable Map<String, String> reportedSandboxes;
    private long garbageAt;
    private boolean apiServerAnswers = true;

    NodeAgent(
            Supplier<Optional<Snapshot>> cluster,
            String nodeName,
            Sandboxes sandboxes,
            ClusterTeller teller,
            Ticker ticker,
            MeterRegistry metrics) {
        this.cluster = cluster;
        this.nodeName = nodeName;
        this.sandboxes = sandboxes;
        this.teller = teller;
        this.ticker = ticker;
        this.changes = metrics.counter("l34.node.changes");
        this.attachedPods = metrics.gauge("l34.node.pods.attached", new AtomicInteger());
        this.troubledPods = metrics.gauge("l34.node.pods.troubled", new AtomicInteger());
        this.garbageAt = ticker.nanos();
    }

    @Override
    public Outcome reconcile() {
        Optional<Snapshot> snapshot = cluster.get();
        if (snapshot.isEmpty()) {
            return Outcome.done();
        }
        NodeView view = NodeView.of(snapshot.get(), nodeName);
        apiServerAnswers = true;
        long now = ticker.nanos();
        sandboxes.look();
        List<PodWork> works = gather(view);
        works.forEach(work -> read(work, now));
        Set<Claim> nowUnwanted = new HashSet<>();
        works.forEach(work -> nowUnwanted.addAll(PodPlan.unwanted(
                work.facts(), work.pod.attachments(), work.memory.reading().held())));
        unwanted = unwanted.seen(nowUnwanted, now);
        works.forEach(work -> carryOut(work, view, now));
        works.forEach(this::tellPod);
        works.forEach(work -> memories.put(work.facts().uid(), work.memory));
        count(works);
        collectGarbage(view, now);
        return Outcome.after(untilNextRun(report(works, view, now), now));
    }

    /** The pods that somebody wants something of, that have something, or that wait. Forgets those that are gone. */
    private List<PodWork> gather(NodeView view) {
        if (reportedSandboxes == null) {
            Map<String, String> reported = new HashMap<>();
            view.lastReport().forEach(pod -> reported.put(pod.uid(), pod.sandbox()));
            reportedSandboxes = reported;
        }
        List<PodWork> works = new ArrayList<>();
        Set<String> uids = new HashSet<>();
        for (PodView pod : view.pods()) {
            PodFacts facts = pod.facts();
            if (AttachedCondition.concerns(facts, pod.attachments()) || sandboxes.hasRecords(facts)) {
                uids.add(facts.uid());
                String reported = facts.saysAttached() ? reportedSandboxes.getOrDefault(facts.uid(), "") : "";
                works.add(new PodWork(pod, memories.getOrDefault(facts.uid(), PodMemory.fresh(reported))));
            }
        }
        memories.keySet().retainAll(uids);
        return works;
    }

    private void read(PodWork work, long now) {
        PodMemory memory = work.memory;
        boolean adopt = !work.pod.attachments().isEmpty() && !work.facts().leaving();
        boolean recorded = sandboxes.hasRecords(work.facts());
        if (!adopt && !recorded) {
            work.memory = memory.withReading(null, Reading.NONE, now, "");
            return;
        }
        String seenAs = work.pod.version() + (recorded ? " recorded" : "");
        boolean recent = memory.current() && now - memory.readAt() < RECHECK.toNanos();
        if (recent && (memory.placement() instanceof Placement.Found || seenAs.equals(memory.seenAs()))) {
            return;
        }
        try {
            Placement placement = sandboxes.find(work.facts(), adopt);
            Reading reading =
                    placement instanceof Placement.Found(Sandbox sandbox) ? sandboxes.read(sandbox) : Reading.NONE;
            work.memory = memory.withReading(placement, reading, now, seenAs);
        } catch (SandboxRefused refused) {
            work.memory = memory.outdated();
            work.troubles.add(new Trouble(Trouble.KERNEL_REFUSED, String.valueOf(refused.getMessage())));
            LOG.warn("pod={} sandbox can not be read: {}", work.facts().label(), refused.getMessage());
        }
    }

    private void carryOut(PodWork work, NodeView view, long now) {
        Sandbox sandbox = work.sandbox();
        if (sandbox == null || !work.memory.current()) {
            return;
        }
        withdrawConditionOfOldSandbox(work, sandbox);
        PodFacts facts = work.facts();
        Predicate<Claim> mayGo = claim -> unwanted.isOver(claim, now)
                || !view.carriers()
                        .mayCarry(facts.namespace(), view.nameOf(claim.gateway()), claim.podUid(), claim.vip());
        PodPlan plan = PodPlan.decide(
                facts, work.pod.attachments(), work.memory.reading().held(), mayGo, view::silentHops);
        Reading reading = work.memory.reading();
        if (plan.isHeld(reading.held(), reading::reaches)) {
            return;
        }
        try {
            List<String> changed = sandboxes.apply(facts, sandbox, plan.targets());
            if (!changed.isEmpty()) {
                changes.increment(changed.size());
                LOG.info("pod={} sandbox={} changed={}", facts.label(), sandbox.id(), changed);
            }
            work.memory = work.memory.withReading(
                    work.memory.placement(), sandboxes.read(sandbox), now, work.memory.seenAs());
        } catch (SandboxRefused refused) {
            work.memory = work.memory.outdated();
            work.troubles.add(new Trouble(Trouble.KERNEL_REFUSED, String.valueOf(refused.getMessage())));
            LOG.warn("pod={} sandbox={} refused: {}", facts.label(), sandbox.id(), refused.getMessage());
        }
    }

    /** True was said about the sandbox before; until this one is known to hold everything, it is not true. */
    private void withdrawConditionOfOldSandbox(PodWork work, Sandbox sandbox) {
        String before = work.memory.attachedIn();
        if (!before.isEmpty() && !before.equals(sandbox.id())) {
            work.memory = work.memory.withAttachedIn("");
            if (!work.facts().leaving()) {
                write(work, Verdict.no(AttachedCondition.SANDBOX_CHANGED, "the pod's sandbox is new: " + sandbox.id()));
            }
        }
    }

    private void tellPod(PodWork work) {
        PodFacts facts = work.facts();
        List<Trouble> troubles = work.troubles;
        troubles.addAll(Trouble.conflicts(work.pod.attachments()));
        if (!work.pod.attachments().isEmpty() && work.memory.placement() instanceof Placement.Missing(String why)) {
            // A pod that has no address yet is being created: its sandbox is not missed.
            if (facts.addresses().isEmpty() && !facts.saysAttached()) {
                return;
            }
            troubles.add(new Trouble(Trouble.NAMESPACE_NOT_FOUND, why));
        }
        if (facts.leaving() || !AttachedCondition.concerns(facts, work.pod.attachments())) {
            return;
        }
        Sandbox sandbox = work.sandbox();
        boolean attachedHere = sandbox != null && sandbox.id().equals(work.memory.attachedIn());
        Verdict verdict = AttachedCondition.decide(
                work.pod.attachments(), work.memory.reading().held(), troubles, attachedHere);
        write(work, verdict);
        work.memory = work.memory.withAttachedIn(verdict.ok() && sandbox != null ? sandbox.id() : "");
        troubles.addAll(Trouble.nextHopsNotOnLink(work.pod.attachments(), work.memory.reading()::reaches));
    }

    private void write(PodWork work, Verdict verdict) {
        PodMemory memory = work.memory;
        PodCondition present = memory.written() != null && memory.writtenOver().equals(work.pod.version())
                ? memory.written()
                : work.facts().condition();
        Optional<PodCondition> condition = AttachedCondition.toWrite(present, verdict, teller.now());
        if (condition.isPresent()) {
            if (tell(() -> teller.condition(work.facts(), condition.get()))) {
                work.memory = memory.withWritten(condition.get(), work.pod.version());
            }
        }
    }

    private void count(List<PodWork> works) {
        attachedPods.set((int) works.stream()
                .filter(work -> work.memory.reading().held().values().stream().anyMatch(held -> !held.isEmpty()))
                .count());
        troubledPods.set(
                (int) works.stream().filter(work -> !work.troubles.isEmpty()).count());
    }

    private void collectGarbage(NodeView view, long now) {
        if (now - garbageAt < GARBAGE_EVERY.toNanos()) {
            return;
        }
        garbageAt = now;
        List<String> dropped = sandboxes.collectGarbage(
                view.pods().stream().map(PodView::facts).toList());
        if (!dropped.isEmpty()) {
            LOG.info("records dropped={}", dropped);
        }
    }

    /** Writes the report when it is time; gives the nanoseconds until the next one. */
    private long report(List<PodWork> works, NodeView view, long now) {
        Map<AttachmentKey, Report.ObjectRef> gateways = new HashMap<>();
        view.gateways().forEach((key, decision) -> gateways.put(key, decision.ref()));
        List<NodeReportSpec.PodReport> pods =
                ReportContent.pods(works.stream().map(PodWork::state).toList(), gateways);
        Node node = view.node();
        if (node != null && pace.untilDue(pods, now) <= 0 && tell(() -> teller.report(node, pods))) {
            pace = pace.wrote(pods, now);
        }
        long untilDue = pace.untilDue(pods, now);
        return untilDue > 0 ? untilDue : RECHECK.toNanos(); // what was not taken is tried with the next look
    }

    /**
     * Tries one write. An outage of the API server stops no work on sandboxes: the rest of this run is not told, and the
     * next run tells it.
     */
    private boolean tell(Supplier<Written<?>> write) {
        if (!apiServerAnswers) {
            return false;
        }
        try {
            return write.get().done();
        } catch (KubernetesClientException outage) {
            apiServerAnswers = false;
            LOG.warn("the API server took no write: {}", outage.getMessage());
            return false;
        }
    }

    private Duration untilNextRun(long untilReport, long now) {
        long next = Math.min(RECHECK.toNanos(), untilReport);
        return Duration.ofNanos(Math.min(next, unwanted.nextEnd(now).orElse(Long.MAX_VALUE)));
    }
}
