// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.l34gateway.node.NodeNews.PodNews;
import org.l34gateway.node.plan.AttachedCondition;
import org.l34gateway.node.plan.PodFacts;
import org.l34gateway.node.plan.ReportPace;
import org.l34gateway.routing.Verdict;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.loop.Reconciler;
import org.l34gateway.runtime.loop.Ticker;
import org.l34gateway.runtime.write.Events;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the cluster what {@link NodeAgent} found and did, in a loop of its own: an API server that does not answer must not
 * keep node-agent from its kernel. What could not be told is told by a later run, from newer news.
 */
final class NewsTeller implements Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(NewsTeller.class);
    private static final Duration RETRY = Duration.ofSeconds(3);

    private final ClusterTeller teller;
    private final Consumer<Events.Notice> events;
    private final Ticker ticker;
    private final AtomicReference<@Nullable NodeNews> newest = new AtomicReference<>();
    private final Map<String, Told> told = new HashMap<>();
    private ReportPace pace = ReportPace.FIRST;
    private @Nullable Map<String, String> reportedSandboxes;

    /**
     * What one pod's condition says.
     *
     * @param attachedIn sandbox for which it is True; empty when it is not, or nobody knows
     * @param condition as written last; null when this process wrote none
     * @param over resourceVersion of the pod as it was known then: while it is the same, {@code condition} is newer
     */
    private record Told(String attachedIn, @Nullable PodCondition condition, String over) {
        Told withAttachedIn(String sandbox) {
            return new Told(sandbox, condition, over);
        }
    }

    /** @param events takes an event each time that it is still true, and posts it when it is due */
    NewsTeller(ClusterTeller teller, Consumer<Events.Notice> events, Ticker ticker) {
        this.teller = teller;
        this.events = events;
        this.ticker = ticker;
    }

    /** Takes the newest news for the next run. May be called from any thread. */
    void offer(NodeNews news) {
        newest.set(news);
    }

    @Override
    public Outcome reconcile() {
        NodeNews news = newest.get();
        if (news == null) {
            return Outcome.done();
        }
        try {
            told.keySet().retainAll(news.known());
            for (PodNews pod : news.pods()) {
                tellPod(pod, news);
            }
            Duration untilNext = report(news);
            news.refused().forEach(events);
            return Outcome.after(untilNext);
        } catch (KubernetesClientException outage) {
            LOG.warn("the API server took no write: {}", outage.getMessage());
            return Outcome.after(RETRY);
        }
    }

    private void tellPod(PodNews news, NodeNews all) {
        PodFacts facts = news.pod().facts();
        Told before = told.get(facts.uid());
        if (before == null) {
            before = new Told(facts.saysAttached() ? reportedSandbox(facts.uid(), all) : "", null, "");
        }
        boolean moved = !news.sandbox().isEmpty()
                && !before.attachedIn().isEmpty()
                && !before.attachedIn().equals(news.sandbox());
        if (moved) {
            // True was said about the sandbox before, and what follows is about this one.
            before = write(
                    news,
                    before.withAttachedIn(""),
                    Verdict.no(AttachedCondition.SANDBOX_CHANGED, "the pod's sandbox is new: " + news.sandbox()));
        }
        boolean attachedHere = !news.sandbox().isEmpty() && news.sandbox().equals(before.attachedIn());
        Verdict verdict =
                AttachedCondition.decide(news.pod().attachments(), news.held(), news.troubles(), attachedHere);
        write(news, before.withAttachedIn(verdict.ok() ? news.sandbox() : ""), verdict);
    }

    /** In which sandbox an earlier process attached the pod; its report is the one that stood there at the start. */
    private String reportedSandbox(String uid, NodeNews news) {
        if (reportedSandboxes == null) {
            Map<String, String> reported = new HashMap<>();
            news.lastReport().forEach(pod -> reported.put(pod.uid(), pod.sandbox()));
            reportedSandboxes = reported;
        }
        return reportedSandboxes.getOrDefault(uid, "");
    }

    /** Remembers before it writes: what an outage leaves unwritten differs from the pod and is written by the next run. */
    private Told write(PodNews news, Told now, Verdict verdict) {
        PodFacts facts = news.pod().facts();
        String version = news.pod().version();
        told.put(facts.uid(), now);
        PodCondition present =
                now.condition() != null && now.over().equals(version) ? now.condition() : facts.condition();
        Optional<PodCondition> condition = AttachedCondition.toWrite(present, verdict, teller.now());
        if (condition.isPresent() && teller.condition(facts, condition.get()).done()) {
            Told written = new Told(now.attachedIn(), condition.get(), version);
            told.put(facts.uid(), written);
            return written;
        }
        return now;
    }

    /** Writes the report when it is time; gives the time until the next one. */
    private Duration report(NodeNews news) {
        long now = ticker.nanos();
        Node node = news.node();
        if (node != null
                && pace.untilDue(news.report(), now) <= 0
                && teller.report(node, news.report()).done()) {
            pace = pace.wrote(news.report(), now);
        }
        long untilDue = pace.untilDue(news.report(), now);
        return untilDue > 0 ? Duration.ofNanos(untilDue) : RETRY; // what was not taken is tried again
    }
}
