// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.bpf.BpfProgram;
import org.l34gateway.linux.bpf.TcxLink;
import org.l34gateway.linux.nftables.Octets;

/**
 * The programs in the kernel and what they know.
 *
 * <p>nftables changes in one transaction, these maps one by one. So a change begins with {@link #forget}, which takes out whatever
 * will be another, then nftables changes, then {@link #learn} puts the new in: a packet meets what is the same before and after, or
 * nftables.
 */
final class Stage implements AutoCloseable {
    private final StageShape shape;
    private final Deque<Runnable> opened = new ArrayDeque<>();
    private final ServiceTable services4;
    private final ServiceTable services6;
    private final SlotArray slots;
    private final TargetArray targets;
    private final FlowCounts flows;
    private final BpfProgram program;
    /** By the index of the interface. */
    private final SortedMap<Integer, TcxLink> links = new TreeMap<>();
    /** Null while answers are left to nftables. */
    private @Nullable Answers answers;

    /** Values of services that were worked out, and from what. */
    private Values values = new Values(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of());
    /** Whether they are all in. */
    private boolean complete = true;

    private record Values(
            Map<IpFamily, Map<Octets, Place>> places,
            Map<IpFamily, Set<IpAddress>> vips,
            Map<String, BankRows> rows,
            Map<String, Integer> counters,
            Map<Octets, Octets> ipv4,
            Map<Octets, Octets> ipv6) {}

    /**
     * One that knows nothing and sees no packet.
     *
     * @throws org.l34gateway.netlink.KernelRefused when the kernel refuses a part of it
     */
    Stage(StageShape shape) {
        this.shape = shape;
        try {
            this.services4 = open(() -> new ServiceTable(IpFamily.IPV4, shape.buckets()), ServiceTable::close);
            this.services6 = open(() -> new ServiceTable(IpFamily.IPV6, shape.buckets()), ServiceTable::close);
            this.slots = open(() -> new SlotArray(shape.rows()), SlotArray::close);
            this.targets = open(() -> new TargetArray(shape.targets()), TargetArray::close);
            this.flows = open(() -> new FlowCounts(shape.flows()), FlowCounts::close);
            StageProgram.Maps maps = new StageProgram.Maps(
                    services4.reference(),
                    services6.reference(),
                    slots.reference(),
                    targets.addresses(),
                    flows.reference(),
                    targets.counts());
            this.program = open(() -> BpfProgram.load("l34_stage", StageProgram.write(maps, shape)), BpfProgram::close);
        } catch (RuntimeException refused) {
            close();
            throw refused;
        }
    }

    private <T> T open(Supplier<T> part, Consumer<T> close) {
        T made = part.get();
        opened.push(() -> close.accept(made));
        return made;
    }

    /** Whether this can be made to know the content. */
    boolean holds(StageShape wanted, StageContent content) {
        return shape.holds(wanted) && (wanted.rows() == StageShape.MOST_ROWS || slots.hasRoom(content.banks()));
    }

    /** Takes out what is another or not there in the new content. */
    void forget(StageContent content) {
        slots.forget(content.banks());
        flows.assign(content.flows());
        Values next = values(content);
        if (!next.equals(values)) {
            values = next;
            complete = false;
            services4.forget(values.ipv4());
            services6.forget(values.ipv6());
        }
    }

    /** Puts in what is not there yet of the content of which {@link #forget} was told last. */
    void learn(StageContent content) {
        targets.learn(content.targets());
        slots.learn(content.banks());
        if (!complete) {
            services4.learn(values.ipv4());
            services6.learn(values.ipv6());
            complete = true;
        }
    }

    private Values values(StageContent content) {
        SortedMap<String, BankRows> rows = slots.rows();
        SortedMap<String, Integer> counters = flows.numbers();
        return content.services().equals(values.places())
                        && content.vips().equals(values.vips())
                        && rows.equals(values.rows())
                        && counters.equals(values.counters())
                ? values
                : new Values(
                        content.services(),
                        content.vips(),
                        rows,
                        counters,
                        values(content, IpFamily.IPV4, rows, counters),
                        values(content, IpFamily.IPV6, rows, counters));
    }

    /** Services whose banks have found no room are left out. */
    private static Map<Octets, Octets> values(
            StageContent content, IpFamily family, Map<String, BankRows> rows, Map<String, Integer> counters) {
        Map<Octets, Octets> values = new HashMap<>();
        content.services(family).forEach((service, place) -> {
            BankRows bank = rows.get(place.bank());
            Integer counter = counters.get(place.flow());
            if (bank != null && counter != null) {
                values.put(service, ServiceEntry.value(place, family, bank.firstSlot(), counter));
            }
        });
        content.vips(family).forEach(vip -> values.put(ServiceEntry.key(vip), ServiceEntry.NOTHING));
        return values;
    }

    /** Sees packets of these interfaces from now on, and of no others. They are those of the calling thread's namespace. */
    void attach(Set<Integer> interfaces) {
        links.entrySet().removeIf(link -> {
            boolean gone = !interfaces.contains(link.getKey());
            if (gone) {
                link.getValue().close();
            }
            return gone;
        });
        for (int each : interfaces) {
            if (!links.containsKey(each)) {
                links.put(each, TcxLink.attach(program, each));
            }
        }
    }

    boolean isAttachedTo(Set<Integer> interfaces) {
        return links.keySet().equals(interfaces);
    }

    /**
     * Sees answers, too, from now on.
     *
     * @throws org.l34gateway.netlink.KernelRefused when the kernel refuses the program
     */
    void answer(AnswerRoutes routes) {
        answers = Answers.attach(services4.reference(), services6.reference(), shape.buckets(), routes);
    }

    /** Answers go to nftables from now on, unless this is how they are routed already. */
    void keepAnswers(@Nullable AnswerRoutes routes) {
        if (answers != null && !answers.routes().equals(routes)) {
            answers.close();
            answers = null;
        }
    }

    boolean answers() {
        return answers != null;
    }

    StageCounts counts() {
        return new StageCounts(flows.read(), targets.read());
    }

    /** Packets go to nftables from now on. */
    @Override
    public void close() {
        keepAnswers(null);
        links.values().forEach(TcxLink::close);
        links.clear();
        while (!opened.isEmpty()) {
            opened.pop().run();
        }
    }
}
