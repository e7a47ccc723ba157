// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.l34gateway.balancer.ebpf.OptionalStage;
import org.l34gateway.balancer.ebpf.StageCounts;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.Sysctl;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.program.FlowHash;
import org.l34gateway.program.ForwardingProgram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data plane of one gateway pod. It only programs the kernel, which goes on forwarding when this process is gone; a new
 * process adopts what it finds. Needs CAP_NET_ADMIN. Not for use by several threads at once.
 */
public final class LoadBalancer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoadBalancer.class);
    /** How often slots are freed from a memory that has nothing of them any more. */
    private static final Duration LOOK_AT_FLOWS = Duration.ofMinutes(1);

    private final Interfaces interfaces;
    private final KernelTables tables;
    private final KernelRouting routing;
    private final LongSupplier nanos;
    private final OptionalStage stage = OptionalStage.open();
    /** Whether there shall be one. */
    private boolean stageWanted;
    /** Null until the kernel was read. */
    private @Nullable Blueprint blueprint;

    /** Those of the blueprint. */
    private StageContents stageContents = new StageContents();

    /** When it was looked what the memories of connections hold. */
    private long lookedAtFlows;
    /** What the look before has found. */
    private Map<String, BitSet> foundBefore = Map.of();

    /** As they were when the program was applied. */
    private @Nullable Devices devices;
    /** Whether the kernel took the fast path. */
    private boolean fastPathWorks;
    /** Whether there is no fast path: it is switched off, or this kernel refuses it. */
    private boolean onlyComplete;

    private LoadBalancer(
            Interfaces interfaces, FastPath fastPath, KernelTables tables, KernelRouting routing, LongSupplier nanos) {
        this.interfaces = interfaces;
        this.onlyComplete = fastPath == FastPath.OFF;
        this.stageWanted = fastPath == FastPath.EBPF;
        this.tables = tables;
        this.routing = routing;
        this.nanos = nanos;
    }

    /**
     * For the calling thread's network namespace, whatever thread uses it later. Changes nothing yet.
     *
     * @param nanos a monotonic clock
     */
    public static LoadBalancer open(Interfaces interfaces, FastPath fastPath, LongSupplier nanos) {
        return new LoadBalancer(
                interfaces, fastPath, KernelTables.open(), KernelRouting.open(interfaces.families()), nanos);
    }

    /**
     * Whether the same program must be applied again: a time is over that it counted on, an interface is another one, or
     * somebody else may have changed what was applied.
     */
    public boolean due() {
        long now = nanos.getAsLong();
        return blueprint == null
                || blueprint.pools().anyOver(now)
                || looksAtFlows(blueprint, now)
                || tables.anyNews()
                || routing.anyNews()
                || !Devices.of(interfaces, routing.links()).equals(devices);
    }

    /**
     * The next {@link #apply} switches the fast path on or off; no packet is lost. One that this kernel has refused is tried
     * again when it is asked for again.
     */
    public void use(FastPath fastPath) {
        onlyComplete = fastPath == FastPath.OFF;
        fastPathWorks = false;
        if (stageWanted != (fastPath == FastPath.EBPF)) {
            stageWanted = fastPath == FastPath.EBPF;
            // It has not heard of programs until now: begin with the kernel.
            blueprint = null;
        }
    }

    /**
     * The next {@link #apply} removes what was kept for targets to come: rules, which the kernel needs longer to put in their places
     * than for everything else of a change. To be called now and then, when nothing else is to be done.
     */
    public void tidy() {
        if (blueprint != null) {
            routing.letRulesGo(blueprint.marks());
        }
    }

    private FastPath fastPath() {
        return onlyComplete ? FastPath.OFF : FastPath.ON;
    }

    /**
     * Makes the kernel hold exactly this program. Packets see the old or the new program, nothing between; flows whose target
     * stays keep it. To be called again when a call failed or an interface came up.
     *
     * @throws org.l34gateway.netlink.KernelRefused when the kernel refuses something; call again
     */
    public Applied apply(ForwardingProgram program) {
        boolean untried = !fastPathWorks && !onlyComplete;
        try {
            return begin(program);
        } catch (KernelRefused refused) {
            if (!untried) {
                throw refused;
            }
            onlyComplete = true;
            try {
                Applied applied = begin(program);
                LOG.warn("no fast path, every packet goes the complete way: {}", refused.getMessage());
                return applied;
            } catch (KernelRefused alsoWithout) {
                // So the fast path was not the reason.
                onlyComplete = false;
                throw alsoWithout;
            }
        }
    }

    private Applied begin(ForwardingProgram program) {
        try {
            Blueprint known = blueprint;
            if (known == null || known.seed() != program.seed()) {
                known = adopt(program.seed());
            }
            // Until all is done nobody knows how far it is.
            blueprint = null;
            Applied applied = apply(program, known);
            blueprint = known;
            return applied;
        } finally {
            if (blueprint == null) {
                tables.forget();
                routing.forget();
            }
        }
    }

    /** Goes on with what the kernel has. */
    private Blueprint adopt(long seed) {
        // The tables of targets vanish with the interface; what sends to them does not.
        Map<Integer, IpAddress> addresses = routing.addresses();
        addresses.putAll(Tables.addresses(tables.read(Tables.SENDS)));
        stageContents = new StageContents();
        return new Blueprint(seed, interfaces.families(), Left.read(tables.read(Tables.DECIDES), addresses));
    }

    private Applied apply(ForwardingProgram program, Blueprint wanted) {
        Devices found = Devices.of(interfaces, routing.links());
        long now = nanos.getAsLong();
        FlowHash hash = FlowHash.of(program.seed());
        Marks.Change marks = wanted.next(program, found, fastPath(), usedSlots(wanted, hash, now), now);
        RoutingPlan routingPlan = routing.plan(wanted.marks(), marks, found.wayToTargets());

        routing.prepare(routingPlan, found.wayToTargets());
        if (stageWanted) {
            stage.prepare(StageContents.wiring(found, routing.own()), stageContents.next(wanted, marks));
        } else {
            stage.end();
        }
        int transactions = tables.apply(wanted.tables());
        stage.finish();
        routing.finish(routingPlan, wanted.marks(), marks, found.wayToTargets());
        devices = found;
        fastPathWorks =
                !onlyComplete && found.internal() != null && !found.external().isEmpty();

        List<String> problems = new ArrayList<>(wanted.problems());
        if (found.wayToTargets() == 0) {
            problems.add("interface " + interfaces.internal() + " is not there or not up: no packet reaches a target");
        }
        boolean changed = transactions > 0 || !routingPlan.isEmpty();
        if (changed) {
            LOG.info(
                    "applied vips={} addresses={} transactions={} routes=+{}-{} rules=+{}-{} problems={}",
                    wanted.forwarding().ways().size(),
                    wanted.marks().byAddress().size(),
                    transactions,
                    routingPlan.setRoutes().size(),
                    routingPlan.removeRoutes().size(),
                    routingPlan.addRules().size(),
                    routingPlan.removeRules().size(),
                    problems.size());
        }
        return new Applied(changed, wanted.forwarding(), problems);
    }

    private boolean looksAtFlows(Blueprint wanted, long now) {
        return now - lookedAtFlows >= LOOK_AT_FLOWS.toNanos()
                && !wanted.pools().onlyRemembering().isEmpty();
    }

    /**
     * The slots of remembered connections, of each pool that only remembers and was looked at twice: a list may miss an
     * element while the kernel makes its hash table larger or smaller. Nothing when it is not time to look.
     */
    private Map<String, BitSet> usedSlots(Blueprint wanted, FlowHash hash, long now) {
        Map<String, Integer> remembering = wanted.pools().onlyRemembering();
        if (remembering.isEmpty()) {
            lookedAtFlows = now;
            foundBefore = Map.of();
        }
        if (!looksAtFlows(wanted, now)) {
            return Map.of();
        }
        lookedAtFlows = now;
        Map<String, BitSet> found = new HashMap<>();
        Map<String, BitSet> used = new HashMap<>();
        remembering.forEach((suffix, slots) -> {
            BitSet bits = new BitSet();
            // Keys are what is hashed.
            tables.flows(PoolNames.flowsOf(suffix))
                    .forEach(flow -> bits.set(hash.slot(flow.key().toBytes(), slots)));
            found.put(suffix, bits);
            BitSet before = foundBefore.get(suffix);
            if (before != null) {
                before.or(bits);
                used.put(suffix, before);
            }
        });
        foundBefore = found;
        return used;
    }

    /** Reads everything again, also what {@link #apply} believes to know; the next apply repairs what somebody else changed. */
    public Held inspect() {
        tables.forget();
        routing.forget();
        PresentTable present = tables.read(Tables.DECIDES);
        Map<Integer, IpAddress> addresses = routing.addresses();
        Map<String, int[]> states = SlotBanks.read(present);
        SortedMap<IpPrefix, SortedSet<IpAddress>> targets = new TreeMap<>();
        Map<String, SortedSet<IpAddress>> byChain = new HashMap<>();
        Left.begins(present)
                .forEach((vip, chains) -> chains.forEach(chain -> targets.computeIfAbsent(vip, _ -> new TreeSet<>())
                        .addAll(byChain.computeIfAbsent(chain, _ -> targets(chain, present, states, addresses)))));
        List<String> problems = new ArrayList<>(check());
        present.chains().forEach((name, chain) -> {
            if (chain.hooked() && chain.notes().isEmpty()) {
                problems.add("nftables hook " + name + " lost its rules");
            }
        });
        return new Held(targets, problems);
    }

    private static SortedSet<IpAddress> targets(
            String chain, PresentTable table, Map<String, int[]> states, Map<Integer, IpAddress> addresses) {
        SortedSet<IpAddress> targets = new TreeSet<>();
        for (String suffix : Left.suffixes(chain, table)) {
            SlotBanks.Cell cell = SlotBanks.Cell.of(suffix);
            Set<Integer> owners = new HashSet<>();
            boolean remembers = false;
            for (int state : states.getOrDefault(suffix, new int[0])) {
                owners.add(SlotState.owner(state));
                remembers |= SlotState.remembers(state);
            }
            boolean anyTarget = remembers;
            table.entries(cell.targets()).forEach(target -> {
                int number = cell.target(target.key().hostNumber());
                if (number != 0
                        && (anyTarget || owners.contains(number))
                        && target.content() instanceof Element.Data(Octets mark)) {
                    @Nullable IpAddress address = addresses.get(mark.hostNumber());
                    if (address != null) {
                        targets.add(address);
                    }
                }
            });
        }
        return targets;
    }

    /**
     * The kernel parameters that {@link #check} wants, and those that make packets cheaper: path below /proc/sys → value.
     * Somebody else sets them.
     */
    public static Map<String, String> sysctls(Interfaces interfaces) {
        Map<String, String> sysctls = new TreeMap<>(PodSysctls.wanted(interfaces));
        sysctls.putAll(PodSysctls.faster(interfaces));
        return sysctls;
    }

    /** What is wrong with the namespace: kernel parameters and interfaces. To be called on a thread of this namespace. */
    public List<String> check() {
        List<String> problems = new ArrayList<>();
        Set<String> present = new HashSet<>();
        routing.links().forEach(link -> present.add(link.name()));
        for (String name : interfaces.all()) {
            if (!present.contains(name)) {
                problems.add("interface " + name + " is not there");
            }
        }
        problems.addAll(PodSysctls.check(Sysctl.SYSTEM, interfaces));
        return List.copyOf(problems);
    }

    /** What the eBPF stage has sent on; {@link KernelCounters} add it to what nftables has counted. May be asked from any thread. */
    public StageCounts sentByStage() {
        return stage.counts();
    }

    /** Closes the sockets and ends the eBPF stage; nftables goes on forwarding. */
    @Override
    public void close() {
        stage.close();
        tables.close();
        routing.close();
    }
}
