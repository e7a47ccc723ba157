// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.probe;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.l34gateway.cni.host.Host;
import org.l34gateway.cni.host.Namespace;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.neighbour.NeighbourProbe;
import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.netlink.MacAddress;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.node.sandbox.Sandbox;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.loop.Reconciler;
import org.l34gateway.runtime.loop.Ticker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run looks into every watched sandbox; the next one comes {@link NeighbourProbe#INTERVAL} after its start. It knows
 * no API server and waits for nobody. Runs are of one platform thread; {@link #close} comes after the last one.
 *
 * <p>A sandbox's namespace stays open from run to run, which keeps its interfaces alive: it is closed as soon as its path
 * is gone, or nobody watches it.
 *
 * <p>Metrics: {@code l34_node_next_hops_dead} (gauge: next hops that do not answer or wait for a report of
 * their sandbox, each once per sandbox).
 */
public final class NextHopProbes implements ProbedHops, Reconciler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NextHopProbes.class);

    private final Host host;
    private final Ticker ticker;
    private final Runnable changed;
    private final AtomicInteger deadHops;
    private final Map<Sandbox, Probed> open = new HashMap<>();
    private final Map<Sandbox, KnownMacs> macs = new HashMap<>();
    private final Set<Sandbox> refused = new HashSet<>();
    private volatile Map<Sandbox, Hops> watched = Map.of();
    private volatile Map<Sandbox, SortedSet<IpAddress>> dead = Map.of();

    private record Probed(Namespace netns, NeighbourProbe probe) {}

    /** @param changed called after a run in which a next hop died or came back */
    public NextHopProbes(Host host, Ticker ticker, MeterRegistry metrics, Runnable changed) {
        this.host = host;
        this.ticker = ticker;
        this.changed = changed;
        this.deadHops = metrics.gauge("l34.node.next.hops.dead", new AtomicInteger());
    }

    @Override
    public void watch(Map<Sandbox, Hops> bySandbox) {
        watched = Map.copyOf(bySandbox);
    }

    @Override
    public Set<IpAddress> deadIn(Sandbox sandbox) {
        return dead.getOrDefault(sandbox, new TreeSet<>());
    }

    @Override
    public Outcome reconcile() {
        // One time for all sandboxes: between two looks into the same one there is never less than the interval.
        long now = ticker.nanos();
        Map<Sandbox, Hops> wanted = watched;
        Map<Sandbox, SortedSet<IpAddress>> found = new HashMap<>();
        Set.copyOf(open.keySet()).stream()
                .filter(sandbox -> !wanted.containsKey(sandbox))
                .forEach(this::leave);
        refused.retainAll(wanted.keySet());
        macs.keySet().retainAll(wanted.keySet());
        wanted.forEach((sandbox, hops) -> {
            SortedSet<IpAddress> unusable = look(sandbox, hops);
            if (!unusable.isEmpty()) {
                found.put(sandbox, unusable);
            }
        });
        Map<Sandbox, SortedSet<IpAddress>> before = dead;
        dead = Map.copyOf(found);
        deadHops.set(found.values().stream().mapToInt(Set::size).sum());
        if (!found.equals(before)) {
            wanted.forEach((sandbox, hops) -> tell(sandbox, hops, before, found));
            changed.run();
        }
        long took = ticker.nanos() - now;
        return Outcome.after(Duration.ofNanos(Math.max(0, NeighbourProbe.INTERVAL.toNanos() - took)));
    }

    private SortedSet<IpAddress> look(Sandbox sandbox, Hops hops) {
        if (!Files.exists(Path.of(sandbox.netns()))) {
            leave(sandbox);
            return new TreeSet<>();
        }
        try {
            Probed probed = open.computeIfAbsent(sandbox, this::enter);
            Map<IpAddress, Integer> places = new HashMap<>();
            hops.hops().forEach((address, hop) -> places.put(address, hop.ifindex()));
            NeighbourProbe.Seen seen = probed.probe().look(places, ticker::nanos);
            refused.remove(sandbox);
            SortedSet<IpAddress> unusable = strangers(sandbox, hops, seen.macs());
            unusable.addAll(seen.dead());
            return unusable;
        } catch (KernelRefused why) {
            leave(sandbox);
            if (refused.add(sandbox)) {
                LOG.warn(
                        "pod={} sandbox={} next hops can not be probed: {}",
                        hops.pod(),
                        sandbox.id(),
                        why.getMessage());
            }
            return new TreeSet<>();
        }
    }

    private SortedSet<IpAddress> strangers(Sandbox sandbox, Hops hops, Map<IpAddress, MacAddress> answering) {
        KnownMacs before = macs.getOrDefault(sandbox, KnownMacs.NONE);
        KnownMacs after = before.look(hops.hops(), answering);
        macs.put(sandbox, after);
        SortedSet<IpAddress> strangers = after.strangers();
        for (IpAddress hop : strangers) {
            if (!before.strangers().contains(hop)) {
                LOG.info(
                        "pod={} sandbox={} nextHop={} mac={} waits for a report of its own",
                        hops.pod(),
                        sandbox.id(),
                        hop,
                        answering.get(hop));
            }
        }
        return strangers;
    }

    private Probed enter(Sandbox sandbox) {
        Namespace netns = host.namespace(sandbox.netns());
        return new Probed(netns, new NeighbourProbe(new Rtnetlink(netns.netlink())));
    }

    private void leave(Sandbox sandbox) {
        Probed probed = open.remove(sandbox);
        if (probed != null) {
            probed.netns().close();
        }
    }

    private static void tell(
            Sandbox sandbox,
            Hops hops,
            Map<Sandbox, SortedSet<IpAddress>> before,
            Map<Sandbox, SortedSet<IpAddress>> now) {
        SortedSet<IpAddress> were = before.getOrDefault(sandbox, new TreeSet<>());
        SortedSet<IpAddress> are = now.getOrDefault(sandbox, new TreeSet<>());
        for (IpAddress hop : hops.hops().keySet()) {
            if (were.contains(hop) != are.contains(hop)) {
                LOG.info("pod={} sandbox={} nextHop={} usable={}", hops.pod(), sandbox.id(), hop, !are.contains(hop));
            }
        }
    }

    @Override
    public void close() {
        Set.copyOf(open.keySet()).forEach(this::leave);
    }
}
