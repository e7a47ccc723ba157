// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.api.NodeReport;
import org.l34gateway.api.Report;
import org.l34gateway.bird.BgpSession;
import org.l34gateway.gateway.plan.AgentIdentity;
import org.l34gateway.gateway.plan.Announcement;
import org.l34gateway.gateway.plan.Continuity;
import org.l34gateway.gateway.plan.Forwarded;
import org.l34gateway.gateway.plan.Inputs;
import org.l34gateway.gateway.plan.Peer;
import org.l34gateway.gateway.plan.Reach;
import org.l34gateway.gateway.plan.Readiness;
import org.l34gateway.gateway.plan.ReportContent;
import org.l34gateway.gateway.plan.RouterView;
import org.l34gateway.gateway.plan.Wanted;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the agent: see which targets answer, withdraw what is going, change the kernel, announce what has come, look at the result. Runs come
 * from one thread; {@link #readiness()} may be asked from any.
 *
 * <p>Metrics: {@code l34_gateway_targets}, {@code l34_gateway_announced_vips}, {@code l34_gateway_sessions_established},
 * {@code l34_gateway_programmed}, {@code l34_gateway_unreachable_targets}, {@code l34_gateway_isolated}.
 */
final class GatewayCycle {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayCycle.class);

    private final AgentIdentity identity;
    private final Forwarder forwarder;
    private final Router router;
    private final PodInterfaces interfaces;
    private final TargetProbe probe;
    private final LongSupplier nanos;
    private Map<String, String> podsInKernel = Map.of();
    private Continuity continuity = Continuity.NOTHING;
    private Reach reach = Reach.START;
    private volatile Readiness readiness = Readiness.START;
    private volatile Result last = Result.NONE;

    /**
     * What a run came to.
     *
     * @param report content without a time
     * @param stillUsing pods that send answers through this pod, as namespace/name
     * @param targets in the kernel, each once for every VIP
     * @param reach of the targets
     */
    record Result(GatewayReportSpec report, SortedSet<String> stillUsing, int targets, Reach reach) {
        private static final Result NONE = new Result(
                new GatewayReportSpec(
                        new Report.ObjectRef("", "", ""),
                        "",
                        null,
                        "",
                        false,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        false,
                        List.of()),
                new TreeSet<>(),
                0,
                Reach.START);
    }

    GatewayCycle(
            AgentIdentity identity,
            Forwarder forwarder,
            Router router,
            PodInterfaces interfaces,
            TargetProbe probe,
            LongSupplier nanos,
            MeterRegistry metrics) {
        this.identity = identity;
        this.forwarder = forwarder;
        this.router = router;
        this.interfaces = interfaces;
        this.probe = probe;
        this.nanos = nanos;
        Gauge.builder("l34.gateway.targets", this, cycle -> cycle.last.targets())
                .register(metrics);
        Gauge.builder(
                        "l34.gateway.announced.vips",
                        this,
                        cycle -> cycle.last.report().announcedVIPs().size())
                .register(metrics);
        Gauge.builder("l34.gateway.sessions.established", this, GatewayCycle::established)
                .register(metrics);
        Gauge.builder(
                        "l34.gateway.unreachable.targets",
                        this,
                        cycle -> cycle.last.report().unreachable().size())
                .register(metrics);
        Gauge.builder("l34.gateway.isolated", this, cycle -> cycle.last.report().isolated() ? 1 : 0)
                .register(metrics);
        Gauge.builder(
                        "l34.gateway.programmed",
                        this,
                        cycle -> cycle.last.report().programmed() ? 1 : 0)
                .register(metrics);
    }

    private static double established(GatewayCycle cycle) {
        String up = BgpSession.State.ESTABLISHED.text();
        return cycle.last.report().sessions().stream()
                .filter(session -> session.state().equals(up))
                .count();
    }

    /** Whether this pod may be counted on, as of the last run. */
    Readiness readiness() {
        return readiness;
    }

    /**
     * Makes a run.
     *
     * @param leaving whether this pod shuts down: it announces nothing and is no next hop, but forwards what still comes
     */
    Result run(Inputs inputs, List<NodeReport> nodes, boolean leaving) {
        Map<String, SortedSet<IpAddress>> present = interfaces.present();
        List<IpAddress> own =
                present.values().stream().flatMap(Collection::stream).toList();
        Wanted whole =
                continued(Wanted.of(identity, inputs).withoutVipsAround(own)).withMissing(present.keySet());
        SortedSet<IpAddress> internal = whole.links().usable(present);
        look(whole, inputs, present.keySet(), internal);
        Wanted wanted = whole.without(reach.masked());

        Announcement announcement = leaving
                ? Announcement.none()
                : Announcement.of(
                        wanted, forwarder.servedVips(wanted, present.keySet()), internal, reach.isolatedFamilies());
        router.configure(wanted.neighbours(), announcement.before());
        Forwarded forwarded = forwarder.apply(wanted, present.keySet());
        if (forwarded.programmed() || podsInKernel.isEmpty()) {
            podsInKernel = wanted.podUids();
        }
        router.configure(wanted.neighbours(), servedBy(forwarded, announcement.after()));

        RouterView view = router.look();
        GatewayReportSpec report =
                ReportContent.of(identity, wanted, forwarded, view, internal, reach, podsInKernel, leaving);
        readiness = readiness.next(report, wanted.podUids().values(), nodes, nanos.getAsLong());
        SortedSet<String> using = Readiness.stillUsing(internal, report.gateway(), nodes);
        last = new Result(report, using, forwarded.targets().size(), reach);
        return last;
    }

    private Wanted continued(Wanted wanted) {
        continuity = continuity.next(wanted.program(), nanos.getAsLong());
        return wanted.carryingOut(continuity.last());
    }

    /** Which targets answer; masked ones are asked on, so that they come back. */
    private void look(Wanted wanted, Inputs inputs, Set<String> present, SortedSet<IpAddress> internal) {
        SortedMap<IpAddress, String> targets = wanted.probed(internal);
        Map<IpAddress, Long> dead = probe.watch(
                targets.keySet(), wanted.links().towardsTargets(present).orElse(null));
        List<Peer> peers = Peer.of(identity, wanted.gateway(), inputs.reports(), inputs.gatewayPods());
        Reach next = reach.next(targets, wanted.draining(), dead, peers, nanos.getAsLong());
        if (!next.text().equals(reach.text())) {
            String text = next.text().isEmpty() ? "all targets answer" : next.text();
            LOG.info("reach targets={} peers={} {}", targets.size(), peers.size(), text);
        }
        reach = next;
    }

    /** A kernel that refused the program may still lack a VIP that was to come. */
    private static SortedSet<IpPrefix> servedBy(Forwarded forwarded, SortedSet<IpPrefix> vips) {
        SortedSet<IpPrefix> served = new TreeSet<>(vips);
        served.retainAll(forwarded.servedVips());
        return served;
    }
}
