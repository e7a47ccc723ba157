// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import org.l34gateway.balancer.KernelCounters;
import org.l34gateway.bird.RunningBird;
import org.l34gateway.gateway.plan.AgentIdentity;
import org.l34gateway.gateway.plan.Continuity;
import org.l34gateway.gateway.plan.Readiness;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.runtime.health.Check;
import org.l34gateway.runtime.health.HealthEndpoint;
import org.l34gateway.runtime.health.Verdict;
import org.l34gateway.runtime.loop.Backoff;
import org.l34gateway.runtime.loop.Pace;
import org.l34gateway.runtime.loop.ReconcileLoop;
import org.l34gateway.runtime.loop.Ticker;
import org.l34gateway.runtime.process.ClusterConnection;
import org.l34gateway.runtime.process.Daemon;
import org.l34gateway.runtime.snapshot.ClusterWatch;
import org.l34gateway.runtime.write.ServerSideApply;

/**
 * The process of a gateway pod. Its environment is in {@link Settings}; it runs in the pod's network namespace with
 * CAP_NET_ADMIN, beside a container with BIRD that shares {@code /run/l34/bird}.
 */
public final class GatewayAgentMain {
    private static final Duration BIRD_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration DEPARTURE_PATIENCE = Duration.ofSeconds(10);
    private static final Duration LONGEST_RUN = Duration.ofSeconds(30);
    /** Changes come in bursts: a rollout touches pods, slices and reports within milliseconds. */
    private static final Duration SPACING = Duration.ofMillis(50);

    private GatewayAgentMain() {}

    public static void main(String[] arguments) {
        Daemon.main("gateway-agent", arguments, (daemon, _) -> start(daemon, Settings.of(System.getenv())));
    }

    /** Parts are stopped in reverse: first the pod leaves, while everything else still works. */
    private static void start(Daemon daemon, Settings settings) throws Exception {
        AgentIdentity identity = settings.identity();
        Ticker ticker = Ticker.SYSTEM;
        var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        HealthEndpoint health = daemon.with("health", HealthEndpoint.start(settings.healthPort(), metrics));
        KubernetesClient client = daemon.with("kubernetes", ClusterConnection.open("gateway-agent"));
        NetlinkSocket netlink = daemon.with("netlink", NetlinkSocket.open());
        KernelForwarder forwarder = daemon.with("forwarder", new KernelForwarder(ticker::nanos));
        var bird = new RunningBird(settings.bird(), BIRD_TIMEOUT);
        var router = new BirdRouter(identity, bird::apply, bird.control());
        var interfaces = new KernelInterfaces(new Rtnetlink(netlink));
        NetlinkSocket probing = daemon.with("probe-netlink", NetlinkSocket.open());
        var probe = new NeighbourTargetProbe(new Rtnetlink(probing), ticker);
        var cycle = new GatewayCycle(identity, forwarder, router, interfaces, probe, ticker::nanos, metrics);

        // A pod writes its own report only; no lease is needed for that.
        var writer = new ServerSideApply(client, () -> true, metrics);
        var reports = new ReportWriter(identity, writer, ticker::nanos, InstantSource.system());
        var reportLoop = new ReconcileLoop("report", reports, pace(), ticker, metrics, Thread.ofVirtual());
        daemon.with("report", reportLoop.start());

        var departure = new Departure(DEPARTURE_PATIENCE);
        var agent = new AgentLoop(identity, cycle, reports, reportLoop::trigger, departure);
        // JNA and long lists of nftables want a thread of their own.
        var loop = new ReconcileLoop("gateway", agent, pace(), ticker, metrics, Thread.ofPlatform());
        daemon.with("gateway", loop.start());

        KernelCounters counters = daemon.with("counters", KernelCounters.open(KernelForwarder.families()));
        var traffic = new TrafficMetrics(
                identity,
                forwarder::taken,
                program -> counters.read(program, Continuity::route, forwarder.sentByStage()),
                ticker::nanos);
        metrics.getPrometheusRegistry().register(traffic);
        var trafficLoop = new ReconcileLoop("traffic", traffic, pace(), ticker, metrics, Thread.ofPlatform());
        daemon.with("traffic", trafficLoop.start());
        trafficLoop.trigger();

        ClusterWatch clusterWatch =
                daemon.with("watch", ClusterWatch.start(client, AgentLoop.watched(identity), loop::trigger, metrics));
        agent.readFrom(clusterWatch::snapshot);
        // A thread of its own: neither the API server nor BIRD nor a long program may keep it from asking.
        probe.tell(loop::trigger);
        var probeLoop = new ReconcileLoop("probe", probe, pace(), ticker, metrics, Thread.ofPlatform());
        daemon.with("probe", probeLoop.start());
        probeLoop.trigger();
        daemon.with("kernel-news", KernelNews.start(loop::trigger, daemon::fail));
        daemon.with("departure", () -> departure.leave(loop::trigger));
        loop.trigger();

        health.alive("loop", loop.moving(LONGEST_RUN))
                .alive("probe", probeLoop.moving(LONGEST_RUN))
                .ready("runs", loop.succeeding())
                .ready("watches", clusterWatch.synced())
                .ready("report", reported(reports))
                .ready("gateway", ready(cycle));
    }

    private static Pace pace() {
        return new Pace(SPACING, new Backoff(Duration.ofMillis(200), Duration.ofSeconds(2), new SplittableRandom()));
    }

    /** Without a report no application pod learns of this one. */
    private static Check reported(ReportWriter reports) {
        return () -> reports.wroteAny()
                ? Verdict.healthy()
                : Verdict.unhealthy("the API server has not taken a report of this pod yet");
    }

    private static Check ready(GatewayCycle cycle) {
        return () -> {
            Readiness readiness = cycle.readiness();
            return readiness.ready() ? Verdict.healthy() : Verdict.unhealthy(readiness.missing());
        };
    }
}
