// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.l34gateway.balancer.Tally.OfDrop;
import org.l34gateway.balancer.Tally.OfFlow;
import org.l34gateway.balancer.Tally.OfTarget;
import org.l34gateway.balancer.Tally.Source;
import org.l34gateway.balancer.Tally.Subject;
import org.l34gateway.balancer.ebpf.StageCounts;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Nftables;
import org.l34gateway.linux.nftables.Nftables.Count;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.linux.nftables.TableName;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;

/**
 * The counters of a {@link LoadBalancer} in the same namespace, read over a socket of their own, so that a long look keeps no
 * program from being applied. Needs CAP_NET_ADMIN. Not for use by several threads at once.
 */
public final class KernelCounters implements AutoCloseable {
    /** What no counter of nftables begins with. */
    private static final String STAGE = "eBPF ";

    private final Nftables nftables;
    private final Set<IpFamily> families;
    private Tally tally;
    private Forwarding.Routes routes = Forwarding.Routes.NONE;

    private KernelCounters(Nftables nftables, Set<IpFamily> families) {
        this.nftables = nftables;
        this.families = families;
        this.tally = Tally.begin(Map.of());
    }

    /**
     * Counts from now on, in the calling thread's network namespace, whatever thread uses it later.
     *
     * @param families those of the load balancer's {@link Interfaces}
     * @throws org.l34gateway.netlink.KernelRefused when the kernel does not tell
     */
    public static KernelCounters open(Set<IpFamily> families) {
        KernelCounters counters = new KernelCounters(Nftables.open(), Set.copyOf(families));
        counters.tally = Tally.begin(counters.said());
        return counters;
    }

    /**
     * What was counted since this was opened. What an element counted after the look before and until it was made anew, because
     * its route was edited, is in no sum.
     *
     * @param program the one that was applied last; of others nothing is known
     * @param names what flows are counted under; several flows may have one name
     * @throws org.l34gateway.netlink.KernelRefused when the kernel does not tell
     */
    public Counters read(ForwardingProgram program, Function<Flow, String> names) {
        return read(program, names, StageCounts.NONE);
    }

    /**
     * The same, and what an eBPF stage has sent on.
     *
     * @param stage {@link LoadBalancer#sentByStage()}
     */
    public Counters read(ForwardingProgram program, Function<Flow, String> names, StageCounts stage) {
        Set<Subject> living = new HashSet<>();
        program.flows().forEach(flow -> living.add(new OfFlow(names.apply(flow))));
        program.groups()
                .forEach(group -> group.targets()
                        .forEach(target -> target.addresses().forEach(address -> living.add(new OfTarget(address)))));
        for (Dropped why : Dropped.values()) {
            living.add(new OfDrop(why));
        }
        Map<Source, Count> said = said();
        Map<Source, Subject> subjects = subjects(program, names);
        for (Flow flow : program.flows()) {
            add(said, subjects, STAGE + flow.name(), stage.flows().get(flow.name()), new OfFlow(names.apply(flow)));
        }
        stage.targets().forEach((address, count) -> add(said, subjects, STAGE + address, count, new OfTarget(address)));
        tally = tally.next(said, subjects, living);
        return counters(tally);
    }

    private static void add(
            Map<Source, Count> said,
            Map<Source, Subject> subjects,
            String name,
            @Nullable Count count,
            Subject subject) {
        if (count != null) {
            Source source = Source.counter(name);
            said.put(source, count);
            subjects.put(source, subject);
        }
    }

    private Map<Source, Count> said() {
        Map<Source, Count> said = new HashMap<>();
        nftables.counters(Tables.DECIDES).forEach((name, count) -> said.put(Source.counter(name), count));
        for (IpFamily family : families) {
            said(said, Tables.DECIDES, Tables.named(Tables.SERVICES, family));
            said(said, Tables.SENDS, Tables.named(Tables.ADDRESSES, family));
        }
        said(said, Tables.DECIDES, Tables.SENT);
        return said;
    }

    private void said(Map<Source, Count> said, TableName table, String map) {
        nftables.counts(table, map).forEach((key, count) -> said.put(new Source(map, key), count));
    }

    private Map<Source, Subject> subjects(ForwardingProgram program, Function<Flow, String> names) {
        Map<Source, Subject> subjects = new HashMap<>();
        for (Dropped why : Dropped.values()) {
            subjects.put(Source.counter(why.counter()), new OfDrop(why));
        }
        for (Flow flow : program.flows()) {
            subjects.put(Source.counter(VipChains.counter(flow)), new OfFlow(names.apply(flow)));
        }
        routes = routes.next(program.flows(), families);
        // Some are not in the map: it may have had no room.
        routes.services()
                .forEach((vip, services) -> services.forEach(service -> subjects.put(
                        new Source(Tables.named(Tables.SERVICES, vip.family()), Tables.key(vip, service)),
                        new OfFlow(names.apply(routes.flows(vip).get(service.flow()))))));
        for (IpFamily family : families) {
            String addresses = Tables.named(Tables.ADDRESSES, family);
            nftables.elements(Tables.SENDS, addresses).forEach(element -> {
                if (element.content() instanceof Element.Data(Octets address)) {
                    Subject target = new OfTarget(IpAddress.of(address.first(family.bits() / 8)));
                    subjects.put(new Source(addresses, element.key()), target);
                    subjects.put(new Source(Tables.SENT, element.key()), target);
                }
            });
        }
        return subjects;
    }

    private static Counters counters(Tally tally) {
        Map<String, Count> flows = new HashMap<>();
        Map<IpAddress, Count> targets = new HashMap<>();
        Map<Dropped, Count> dropped = new EnumMap<>(Dropped.class);
        tally.totals().forEach((subject, count) -> {
            switch (subject) {
                case OfFlow(String flow) -> flows.put(flow, count);
                case OfTarget(IpAddress address) -> targets.put(address, count);
                case OfDrop(Dropped why) -> dropped.put(why, count);
            }
        });
        return new Counters(flows, targets, dropped);
    }

    /** Closes the socket. */
    @Override
    public void close() {
        nftables.close();
    }
}
