// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.Report;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.node.NodeView.PodView;
import org.l34gateway.node.plan.AttachedCondition;
import org.l34gateway.node.plan.AttachmentKey;
import org.l34gateway.node.plan.Claim;
import org.l34gateway.node.plan.PodFacts;
import org.l34gateway.node.plan.PodPlan;
import org.l34gateway.node.plan.ReportContent;
import org.l34gateway.node.plan.Trouble;
import org.l34gateway.node.plan.Unwanted;
import org.l34gateway.node.probe.ProbedHops;
import org.l34gateway.node.sandbox.Applied;
import org.l34gateway.node.sandbox.Placement;
import org.l34gateway.node.sandbox.Reading;
import org.l34gateway.node.sandbox.Sandbox;
import org.l34gateway.node.sandbox.SandboxRefused;
import org.l34gateway.node.sandbox.Sandboxes;
import org.l34gateway.runtime.health.Verdict;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.loop.Reconciler;
import org.l34gateway.runtime.loop.Ticker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run: look at the cluster and into the sandboxes, decide, change what differs. What the kernel holds is read again
 * every {@link #RECHECK}, or twice that while the cluster keeps changing, so that foreign edits do not last. A run waits for
 * no API server: the cluster is told by {@link NewsTeller}.
 *
 * <p>Metrics: {@code l34_node_pods_attached}, {@code l34_node_pods_troubled}, {@code l34_node_changes_total}.
 */
public final class NodeAgent implements Reconciler {
    /** How often a sandbox is looked at again. */
    public static final Duration RECHECK = Duration.ofSeconds(3);

    private static final Duration GARBAGE_EVERY = Duration.ofSeconds(30);
    /** After a pod has gone: many that go together cost one look at all records, not one for each. */
    private static final Duration GARBAGE_AFTER_POD = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(NodeAgent.class);

    private final Supplier<Optional<NodeView>> views;
    private final Sandboxes sandboxes;
    private final ProbedHops hops;
    private final Consumer<NodeNews> news;
    private final PodThreads threads;
    private final Ticker ticker;
    private final Counter changes;
    private final AtomicInteger attachedPods;
    private final AtomicInteger troubledPods;

    private final Map<String, PodMemory> memories = new HashMap<>();
    /** How many changes of the cluster this agent has heard of. */
    private final AtomicInteger heard = new AtomicInteger();

    private Unwanted unwanted = Unwanted.NONE;
    private long garbageDue;
    private volatile Verdict empty = Verdict.unhealthy("no pod was looked at yet");

    NodeAgent(
            Supplier<Optional<NodeView>> views,
            Sandboxes sandboxes,
            ProbedHops hops,
            Consumer<NodeNews> news,
            PodThreads threads,
            Ticker ticker,
            MeterRegistry metrics) {
        this.views = views;
        this.sandboxes = sandboxes;
        this.hops = hops;
        this.news = news;
        this.threads = threads;
        this.ticker = ticker;
        this.changes = metrics.counter("l34.node.changes");
        this.attachedPods = metrics.gauge("l34.node.pods.attached", new AtomicInteger());
        this.troubledPods = metrics.gauge("l34.node.pods.troubled", new AtomicInteger());
        this.garbageDue = ticker.nanos() + GARBAGE_EVERY.toNanos();
    }

    /**
     * Tells that the cluster has changed, and that a run will come for it: the present one looks at nothing again that can wait
     * for that. May be called from any thread.
     */
    void clusterChanged() {
        heard.incrementAndGet();
    }

    @Override
    public Outcome reconcile() {
        int begun = heard.get();
        Optional<NodeView> known = views.get();
        if (known.isEmpty()) {
            return Outcome.done();
        }
        NodeView view = known.get();
        long now = ticker.nanos();
        sandboxes.look();
        List<PodWork> works = gather(view);
        // First of all, over what was read before: reading every sandbox takes its time.
        threads.forEach(works, work -> carryOut(work, view, now));
        threads.forEach(works, work -> read(work, now, begun));
        Set<Claim> nowUnwanted = new HashSet<>();
        works.forEach(work -> nowUnwanted.addAll(PodPlan.unwanted(
                work.facts(), work.pod.attachments(), work.memory.reading().held())));
        unwanted = unwanted.seen(nowUnwanted, now);
        threads.forEach(works, work -> carryOut(work, view, now));
        works.forEach(work -> memories.put(work.facts().uid(), work.memory));
        watchHops(works, view);
        news.accept(gatherNews(works, view));
        count(works);
        collectGarbage(view);
        return Outcome.after(untilNextRun(works, now));
    }

    /** The pods that somebody wants something of, that have something, or that wait. Forgets those that are gone. */
    private List<PodWork> gather(NodeView view) {
        List<PodWork> works = new ArrayList<>();
        Set<String> uids = new HashSet<>();
        for (PodView pod : view.pods()) {
            PodFacts facts = pod.facts();
            if (AttachedCondition.concerns(facts, pod.attachments()) || sandboxes.hasRecords(facts)) {
                uids.add(facts.uid());
                works.add(new PodWork(pod, memories.getOrDefault(facts.uid(), PodMemory.FRESH)));
            }
        }
        if (memories.keySet().retainAll(uids)) {
            // A repair may have met a pod's DEL, and written a record behind it.
            long soon = ticker.nanos() + GARBAGE_AFTER_POD.toNanos();
            garbageDue = soon - garbageDue < 0 ? soon : garbageDue;
        }
        return works;
    }

    private void read(PodWork work, long now, int begun) {
        PodMemory memory = work.memory;
        boolean adopt = !work.pod.attachments().isEmpty() && !work.facts().leaving();
        boolean recorded = sandboxes.hasRecords(work.facts());
        if (!adopt && !recorded) {
            work.memory = memory.withReading(null, Reading.NONE, now, "");
            return;
        }
        boolean same = memory.current()
                && seenAs(work.pod, memory.placement(), recorded).equals(memory.seenAs());
        long age = now - memory.readAt();
        long lasts = memory.lasts().toNanos();
        if (same && (age < lasts || (age < 2 * lasts && heard.get() != begun))) {
            return;
        }
        work.troubles.clear(); // of a look at what may not be there any more
        try {
            Placement placement = sandboxes.find(work.facts(), adopt);
            Reading reading =
                    placement instanceof Placement.Found(Sandbox sandbox) ? sandboxes.read(sandbox) : Reading.NONE;
            work.memory = memory.withReading(placement, reading, now, seenAs(work.pod, placement, recorded));
        } catch (SandboxRefused refused) {
            work.memory = memory.outdated();
            work.troubles.add(new Trouble(Trouble.KERNEL_REFUSED, String.valueOf(refused.getMessage())));
            LOG.warn("pod={} sandbox can not be read: {}", work.facts().label(), refused.getMessage());
        }
    }

    /** What a newer look could find more by: a sandbox that was found does not move because of records. */
    private static String seenAs(PodView pod, @Nullable Placement placement, boolean recorded) {
        return pod.version() + (recorded && !(placement instanceof Placement.Found) ? " recorded" : "");
    }

    private void carryOut(PodWork work, NodeView view, long now) {
        Sandbox sandbox = work.sandbox();
        if (sandbox == null || !work.memory.current()) {
            return;
        }
        PodFacts facts = work.facts();
        Predicate<Claim> mayGo = claim -> unwanted.isOver(claim, now)
                || !view.carriers()
                        .mayCarry(facts.namespace(), view.nameOf(claim.gateway()), claim.podUid(), claim.vip());
        Reading reading = work.memory.reading();
        PodPlan whole = PodPlan.decide(
                facts,
                work.pod.attachments(),
                work.memory.plan().withNextHops(reading.held()),
                mayGo,
                view::silentHops);
        Set<IpAddress> dead = hops.deadIn(sandbox);
        work.memory = work.memory.withPlan(whole, dead);
        PodPlan plan = whole.without(dead, reading::reaches).withoutVips(reading::overlaps);
        if (plan.isHeld(reading.held(), reading::reaches)) {
            return;
        }
        try {
            Applied applied = sandboxes.apply(facts, sandbox, plan.targets(), reading);
            if (!applied.changes().isEmpty()) {
                changes.increment(applied.changes().size());
                LOG.info("pod={} sandbox={} changed={}", facts.label(), sandbox.id(), applied.changes());
            }
            work.memory = work.memory.withReading(work.memory.placement(), applied.after(), now, work.memory.seenAs());
        } catch (SandboxRefused refused) {
            work.memory = work.memory.outdated();
            work.troubles.add(new Trouble(Trouble.KERNEL_REFUSED, String.valueOf(refused.getMessage())));
            LOG.warn("pod={} sandbox={} refused: {}", facts.label(), sandbox.id(), refused.getMessage());
        }
    }

    /** Every next hop that is wanted, dead or alive, wherever the sandbox is known. */
    private void watchHops(List<PodWork> works, NodeView view) {
        Map<Sandbox, ProbedHops.Hops> watched = new HashMap<>();
        for (PodWork work : works) {
            Sandbox sandbox = work.sandbox();
            ProbedHops.Hops each = work.hops(view);
            if (sandbox != null && !each.hops().isEmpty()) {
                watched.put(sandbox, each);
            }
        }
        hops.watch(watched);
    }

    private NodeNews gatherNews(List<PodWork> works, NodeView view) {
        List<NodeNews.PodNews> pods = new ArrayList<>();
        for (PodWork work : works) {
            if (judge(work)) {
                Sandbox sandbox = work.sandbox();
                pods.add(new NodeNews.PodNews(
                        work.pod,
                        sandbox == null ? "" : sandbox.id(),
                        work.memory.reading().held(),
                        work.troubles));
                work.troubles.addAll(Trouble.nextHopsNotOnLink(work.pod.attachments(), work.memory.reading()::reaches));
            }
        }
        Map<AttachmentKey, Report.ObjectRef> gateways = new HashMap<>();
        view.gateways().forEach((key, decision) -> gateways.put(key, decision.ref()));
        return new NodeNews(
                pods,
                view.refused(),
                memories.keySet(),
                view.node(),
                ReportContent.pods(works.stream().map(PodWork::state).toList(), gateways),
                view.lastReport());
    }

    /** Gathers what is wrong; gives whether the pod's condition is to be said. */
    private static boolean judge(PodWork work) {
        PodFacts facts = work.facts();
        work.troubles.addAll(Trouble.conflicts(work.pod.attachments()));
        work.troubles.addAll(Trouble.overlaps(work.pod.attachments(), work.memory.reading()::overlaps));
        if (!work.pod.attachments().isEmpty() && work.memory.placement() instanceof Placement.Missing(String why)) {
            // A pod that has no address yet is being created: its sandbox is not missed.
            if (facts.addresses().isEmpty() && !facts.saysAttached()) {
                return false;
            }
            work.troubles.add(new Trouble(Trouble.NAMESPACE_NOT_FOUND, why));
        }
        return !facts.leaving() && AttachedCondition.concerns(facts, work.pod.attachments());
    }

    private void count(List<PodWork> works) {
        attachedPods.set((int) works.stream()
                .filter(work -> work.memory.reading().held().values().stream().anyMatch(held -> !held.isEmpty()))
                .count());
        troubledPods.set(
                (int) works.stream().filter(work -> !work.troubles.isEmpty()).count());
        long unread = works.stream().filter(work -> !work.memory.current()).count();
        if (attachedPods.get() > 0) {
            empty = Verdict.unhealthy(attachedPods.get() + " pods hold something of ours still");
        } else if (unread > 0) {
            empty = Verdict.unhealthy(unread + " pods can not be read");
        } else {
            empty = Verdict.healthy();
        }
    }

    /** Whether the last run that knew the cluster left nothing in any pod. */
    Verdict empty() {
        return empty;
    }

    private void collectGarbage(NodeView view) {
        if (ticker.nanos() - garbageDue < 0) {
            return;
        }
        garbageDue = ticker.nanos() + GARBAGE_EVERY.toNanos();
        List<String> dropped = sandboxes.collectGarbage(
                view.pods().stream().map(PodView::facts).toList());
        if (!dropped.isEmpty()) {
            LOG.info("records dropped={}", dropped);
        }
    }

    private Duration untilNextRun(List<PodWork> works, long now) {
        Duration soonest = works.stream()
                .map(work -> work.memory.lasts())
                .min(Comparator.naturalOrder())
                .orElse(RECHECK);
        return Duration.ofNanos(
                Math.min(soonest.toNanos(), unwanted.nextEnd(now).orElse(Long.MAX_VALUE)));
    }
}
