// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.neighbour.NeighbourProbe;
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.loop.Reconciler;
import org.l34gateway.runtime.loop.Ticker;

/**
 * By neighbour probes (ARP, ND): a target whose pod, node or link is gone does not answer them within 0.6 to 0.8 s. Asks
 * in a loop of its own; {@link #watch} may be called from another thread.
 */
final class NeighbourTargetProbe implements TargetProbe, Reconciler {
    private final Rtnetlink kernel;
    private final NeighbourProbe neighbours;
    private final Ticker ticker;
    private volatile Runnable onChange = () -> {};
    private volatile Question question = new Question(Set.of(), null);
    private volatile Map<IpAddress, Long> dead = Map.of();

    private record Question(
            Set<IpAddress> targets, @Nullable String link) {}

    /** @param kernel a conversation that nobody else uses */
    NeighbourTargetProbe(Rtnetlink kernel, Ticker ticker) {
        this.kernel = kernel;
        this.neighbours = new NeighbourProbe(kernel);
        this.ticker = ticker;
    }

    /** @param listener called whenever other targets are dead than before; must return at once */
    void tell(Runnable listener) {
        onChange = listener;
    }

    @Override
    public Map<IpAddress, Long> watch(Set<IpAddress> targets, @Nullable String link) {
        if (!question.targets().equals(targets) || !Objects.equals(question.link(), link)) {
            question = new Question(Set.copyOf(targets), link);
        }
        Map<IpAddress, Long> asked = new HashMap<>(link == null ? Map.of() : dead);
        asked.keySet().retainAll(targets);
        return asked;
    }

    @Override
    public Outcome reconcile() {
        long started = ticker.nanos();
        Question now = question;
        Map<IpAddress, Long> before = dead;
        Map<IpAddress, Long> after = new HashMap<>();
        for (IpAddress address : neighbours.look(places(now), ticker::nanos).dead()) {
            after.put(address, before.getOrDefault(address, started));
        }
        dead = Map.copyOf(after);
        if (!after.keySet().equals(before.keySet())) {
            onChange.run();
        }
        Duration left = NeighbourProbe.INTERVAL.minusNanos(ticker.nanos() - started);
        return Outcome.after(left.isNegative() ? Duration.ZERO : left);
    }

    /** An interface that is made anew under its name has another index. */
    private Map<IpAddress, Integer> places(Question asked) {
        Map<IpAddress, Integer> places = new HashMap<>();
        Link link = asked.link() == null || asked.targets().isEmpty() ? null : kernel.link(asked.link());
        if (link != null) {
            asked.targets().forEach(address -> places.put(address, link.index()));
        }
        return places;
    }
}
