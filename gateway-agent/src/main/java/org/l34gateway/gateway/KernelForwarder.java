// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.l34gateway.balancer.Applied;
import org.l34gateway.balancer.FastPath;
import org.l34gateway.balancer.Held;
import org.l34gateway.balancer.Interfaces;
import org.l34gateway.balancer.LoadBalancer;
import org.l34gateway.balancer.TargetVip;
import org.l34gateway.balancer.ebpf.StageCounts;
import org.l34gateway.gateway.plan.Forwarded;
import org.l34gateway.gateway.plan.Wanted;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;
import org.l34gateway.routing.GatewayProgram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The load balancer, opened anew when the pod's interfaces are other ones. What is in force is applied again in the run
 * after somebody else has changed something, in the run after a failure, and every half minute.
 */
final class KernelForwarder implements Forwarder, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KernelForwarder.class);
    private static final Duration REPAIR = Duration.ofSeconds(30);

    private final LongSupplier nanos;
    /** Counts are asked for by others. */
    private volatile @Nullable Open open;

    private @Nullable Request inForce;
    private long appliedAt;
    private boolean lookedAtKernel;
    private Forwarded last = Forwarded.NOTHING;
    /** What the kernel took last; read by others. */
    private volatile ForwardingProgram taken = ForwardingProgram.empty(0);

    private record Open(Interfaces interfaces, FastPath fastPath, LoadBalancer balancer) {
        Open using(FastPath other) {
            balancer.use(other);
            return new Open(interfaces, other, balancer);
        }
    }

    private record Request(ForwardingProgram program, FastPath fastPath, Set<String> present) {}

    KernelForwarder(LongSupplier nanos) {
        this.nanos = nanos;
    }

    @Override
    public SortedSet<IpPrefix> servedVips(Wanted wanted, Set<String> present) {
        var _ = opened(wanted, present);
        return last.servedVips();
    }

    @Override
    public Forwarded apply(Wanted wanted, Set<String> present) {
        @Nullable Open now = opened(wanted, present);
        if (now == null) {
            last = failed("the interfaces towards routers or towards targets are not there yet");
            return last;
        }
        FastPath fastPath = fastPath(wanted);
        if (now.fastPath() != fastPath) {
            LOG.info("fast-path={}", fastPath);
            now = now.using(fastPath);
            open = now;
        }
        Request request = new Request(wanted.program(), fastPath, Set.copyOf(present));
        boolean repairDue = nanos.getAsLong() - appliedAt >= REPAIR.toNanos();
        if (repairDue) {
            now.balancer().tidy();
        }
        if (!request.equals(inForce) || repairDue || now.balancer().due()) {
            last = apply(now.balancer(), request);
        }
        return last;
    }

    /** The load balancer for the interfaces that are there; the one before when a side is missing, null if there was none. */
    private @Nullable Open opened(Wanted wanted, Set<String> present) {
        @Nullable Interfaces interfaces = interfaces(wanted, present);
        @Nullable Open now = open;
        if (interfaces != null && (now == null || !now.interfaces().equals(interfaces))) {
            close();
            LOG.info("interfaces external={} internal={}", interfaces.external(), interfaces.internal());
            FastPath fastPath = fastPath(wanted);
            now = new Open(interfaces, fastPath, LoadBalancer.open(interfaces, fastPath, nanos));
            open = now;
            inForce = null;
        }
        if (now != null && !lookedAtKernel) {
            // A look that fails ends the run: without it VIPs that are served would be withdrawn.
            last = adopted(now.balancer().inspect(), wanted);
            lookedAtKernel = true;
        }
        return now;
    }

    /**
     * What the kernel of this pod forwards though this process did not put it there. A target that nobody wants any more
     * is known by its address only: it counts for its VIP, and no report can name it.
     */
    private static Forwarded adopted(Held held, Wanted wanted) {
        Map<IpAddress, List<String>> keys = new HashMap<>();
        for (TargetGroup group : wanted.program().groups()) {
            for (Target target : group.targets()) {
                String key = GatewayProgram.targetKey(group.key(), target.identifier());
                target.addresses()
                        .forEach(address -> keys.computeIfAbsent(address, _ -> new ArrayList<>())
                                .add(key));
            }
        }
        Set<Forwarded.Slot> slots = new HashSet<>();
        held.targets()
                .forEach((vip, addresses) ->
                        addresses.forEach(address -> keys.getOrDefault(address, List.of(address.toString()))
                                .forEach(key -> slots.add(new Forwarded.Slot(key, vip)))));
        LOG.info("adopted vips={} slots={}", held.targets().keySet(), slots.size());
        return new Forwarded(slots, new TreeSet<>(held.targets().keySet()), false, List.of());
    }

    private Forwarded apply(LoadBalancer balancer, Request request) {
        inForce = null;
        appliedAt = nanos.getAsLong();
        try {
            Applied applied = balancer.apply(request.program());
            taken = request.program();
            List<String> wrong = balancer.check();
            List<String> problems = new ArrayList<>(applied.problems());
            wrong.stream().filter(text -> !problems.contains(text)).forEach(problems::add);
            inForce = wrong.isEmpty() ? request : null;
            return new Forwarded(slots(applied), applied.vips(), wrong.isEmpty(), problems);
        } catch (KernelRefused e) {
            // Expected while interfaces come and go; the report says it, and the next run tries again.
            LOG.warn("program not applied", e);
            return failed(String.valueOf(e.getMessage()));
        }
    }

    /** The program that the kernel carries out as far as this process knows. May be asked from any thread. */
    ForwardingProgram taken() {
        return taken;
    }

    /** What the eBPF stage has sent on. May be asked from any thread. */
    StageCounts sentByStage() {
        @Nullable Open now = open;
        return now == null ? StageCounts.NONE : now.balancer().sentByStage();
    }

    /** What was forwarded before goes on. */
    private Forwarded failed(String why) {
        return new Forwarded(last.targets(), last.answerVips(), false, List.of(why));
    }

    private static Set<Forwarded.Slot> slots(Applied applied) {
        Set<Forwarded.Slot> slots = new HashSet<>();
        for (TargetVip target : applied.targets()) {
            slots.add(new Forwarded.Slot(GatewayProgram.targetKey(target.group(), target.identifier()), target.vip()));
        }
        return slots;
    }

    /** Null when a side is missing. A router's interface that is not there must not keep the others from working. */
    private static @Nullable Interfaces interfaces(Wanted wanted, Set<String> present) {
        Set<String> external = new TreeSet<>(wanted.links().external());
        external.retainAll(present);
        Optional<String> internal = wanted.links().towardsTargets(present);
        if (external.isEmpty() || internal.isEmpty()) {
            return null;
        }
        return new Interfaces(external, internal.get(), families());
    }

    private static FastPath fastPath(Wanted wanted) {
        return switch (wanted.options().fastPath()) {
            case OFF -> FastPath.OFF;
            case NFTABLES -> FastPath.ON;
            case EBPF -> FastPath.EBPF;
        };
    }

    /** IPv6 may be compiled out or switched off at boot. */
    static Set<IpFamily> families() {
        return Files.isDirectory(Path.of("/proc/sys/net/ipv6"))
                ? EnumSet.allOf(IpFamily.class)
                : EnumSet.of(IpFamily.IPV4);
    }

    /** Closes sockets; the kernel goes on forwarding. */
    @Override
    public void close() {
        Open now = open;
        open = null;
        if (now != null) {
            now.balancer().close();
        }
    }
}
