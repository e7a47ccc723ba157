// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.l34gateway.balancer.ChainBook.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.balancer.Forwarding.Way;
import org.l34gateway.balancer.WantedTable.Elements;
import org.l34gateway.balancer.WantedTable.Hook;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.Expression.Accept;
import org.l34gateway.linux.nftables.Expression.Compare;
import org.l34gateway.linux.nftables.Expression.Comparison;
import org.l34gateway.linux.nftables.Expression.Constant;
import org.l34gateway.linux.nftables.Expression.CountHere;
import org.l34gateway.linux.nftables.Expression.Drop;
import org.l34gateway.linux.nftables.Expression.Forward;
import org.l34gateway.linux.nftables.Expression.Goto;
import org.l34gateway.linux.nftables.Expression.InSet;
import org.l34gateway.linux.nftables.Expression.LoadMeta;
import org.l34gateway.linux.nftables.Expression.Lookup;
import org.l34gateway.linux.nftables.Expression.LookupVerdict;
import org.l34gateway.linux.nftables.Expression.Mask;
import org.l34gateway.linux.nftables.Expression.Meta;
import org.l34gateway.linux.nftables.Expression.SetMark;
import org.l34gateway.linux.nftables.Expression.ToLocalSocket;
import org.l34gateway.linux.nftables.HookedChain;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.linux.nftables.Register;
import org.l34gateway.linux.nftables.SetShape;
import org.l34gateway.linux.nftables.SetShape.Datum;
import org.l34gateway.linux.nftables.SetShape.Flag;
import org.l34gateway.linux.nftables.SetShape.Other;
import org.l34gateway.linux.nftables.TableName;
import org.l34gateway.netlink.Link;
import org.l34gateway.program.FlowHash;
import org.l34gateway.program.Protocol;

/**
 * Writes the two tables for a program. {@code inet l34} decides; {@code netdev l34} sends on what an interface's chain of the
 * first has marked, because only tables of that family may.
 *
 * <p>Every name and number in a rule is derived from hashes and numbers, or is an interface's name: no text of a user gets here.
 */
final class Tables {
    static final TableName DECIDES = new TableName(TableName.Family.INET, "l34");
    static final TableName SENDS = new TableName(TableName.Family.NETDEV, "l34");

    static final String VIPS4 = "vips4";
    static final String VIPS6 = "vips6";
    static final String DISPATCH4 = "dispatch4";
    static final String DISPATCH6 = "dispatch6";
    private static final String FAST4 = "fast4";
    private static final String FAST6 = "fast6";
    private static final String ADDRESSES4 = "addresses4";
    private static final String ADDRESSES6 = "addresses6";

    /** At most, of one group and family; a connection that finds no room is treated by its slot. */
    static final int MOST_FLOWS = 1 << 18;

    /** The order at an interface: first the mark, then the way out. */
    private static final int MARKING = 0;

    private static final int SENDING = 10;
    private static final int ARRIVAL = -150;
    private static final int NFPROTO_IPV4 = 2;
    private static final int NFPROTO_IPV6 = 10;
    private static final int NO_FAMILY = 0xFF;
    private static final int INTERFACE_NAME_BYTES = 16;

    private static final Register R0 = new Register(0);
    private static final Register DEVICE = new Register(4);

    private final Forwarding forwarding;
    private final Interfaces interfaces;
    private final @Nullable FastLane fastLane;
    private final ChainBook book = new ChainBook();
    private final VipChains vipChains;
    private final PoolNames names;

    /**
     * What the fast path needs to know.
     *
     * @param interfaces external ones that are there
     * @param device index of the interface towards the targets
     * @param mtuBytes of that
     */
    record FastLane(SortedSet<String> interfaces, int device, int mtuBytes) {
        /** Null when it can not be had. */
        static @Nullable FastLane of(Interfaces interfaces, List<Link> links) {
            SortedSet<String> present = new TreeSet<>();
            @Nullable Link internal = null;
            for (Link link : links) {
                if (interfaces.external().contains(link.name())) {
                    present.add(link.name());
                }
                if (link.name().equals(interfaces.internal())) {
                    internal = link;
                }
            }
            return internal == null || present.isEmpty()
                    ? null
                    : new FastLane(present, internal.index(), internal.mtuBytes());
        }
    }

    private Tables(
            Forwarding forwarding, Interfaces interfaces, FlowHash hash, PoolNames names, @Nullable FastLane fastLane) {
        this.forwarding = forwarding;
        this.interfaces = interfaces;
        this.fastLane = fastLane;
        this.names = names;
        this.vipChains = new VipChains(book, hash, names);
    }

    /**
     * Both tables, in the order of the hooks at an interface from the last: a mark that the one knows and the other does not
     * sends the packet the complete way.
     */
    static List<WantedTable> write(
            Forwarding forwarding,
            Interfaces interfaces,
            Marks marks,
            FlowHash hash,
            PoolNames names,
            SortedMap<String, int[]> slotMaps,
            @Nullable FastLane fastLane) {
        Tables tables = new Tables(forwarding, interfaces, hash, names, fastLane);
        return List.of(tables.sends(marks), tables.decides(slotMaps));
    }

    private WantedTable decides(SortedMap<String, int[]> slotMaps) {
        SortedMap<String, Elements> elements = new TreeMap<>();
        SortedSet<String> counters = new TreeSet<>();
        for (IpFamily family : IpFamily.values()) {
            vips(family, elements);
        }
        forwarding.ways().values().forEach(ways -> ways.forEach(way -> counters.add(VipChains.counter(way.flow()))));
        for (SlotPool pool : forwarding.pools()) {
            put(elements, targets(pool));
            put(elements, flows(pool));
        }
        SortedMap<String, Hook> hooks = hooks();
        book.maps().values().forEach(map -> put(elements, map));
        return new WantedTable(DECIDES, hooks, book.chains(), elements, slotMaps, counters);
    }

    private static void put(SortedMap<String, Elements> elements, Elements more) {
        elements.put(more.shape().name(), more);
    }

    private Elements targets(SlotPool pool) {
        List<Element> elements = new ArrayList<>();
        pool.marks()
                .forEach((identifier, mark) ->
                        elements.add(Element.data(Octets.host(SlotState.target(identifier)), Octets.host(mark))));
        return Elements.of(
                new SetShape(
                        PoolNames.TARGETS + names.of(pool), List.of(Datum.MARK), Datum.MARK, Set.of(Flag.COUNTS), 0),
                elements);
    }

    private static Elements flows(SlotPool pool) {
        Datum address = address(pool.family());
        return Elements.filledByPackets(new SetShape(
                PoolNames.flows(pool),
                List.of(address, address, Datum.MARK),
                Datum.MARK,
                Set.of(Flag.DYNAMIC, Flag.TIMEOUT),
                MOST_FLOWS));
    }

    private static Datum address(IpFamily family) {
        return family == IpFamily.IPV4 ? Datum.IPV4 : Datum.IPV6;
    }

    private void vips(IpFamily family, SortedMap<String, Elements> elements) {
        boolean ipv4 = family == IpFamily.IPV4;
        List<Element> vips = new ArrayList<>();
        List<Element> dispatch = new ArrayList<>();
        List<Element> fast = new ArrayList<>();
        for (Map.Entry<IpPrefix, List<Way>> each : forwarding.ways().entrySet()) {
            IpAddress vip = each.getKey().address();
            if (vip.family() == family) {
                vips.add(Element.member(Octets.of(vip)));
                dispatch.add(Element.jump(Octets.of(vip), vipChains.complete(family, each.getValue())));
                if (fastLane != null) {
                    fast.add(
                            Element.jump(Octets.of(vip), vipChains.fast(family, each.getValue(), fastLane.mtuBytes())));
                }
            }
        }
        List<Datum> key = List.of(address(family));
        put(elements, Elements.of(new SetShape(ipv4 ? VIPS4 : VIPS6, key, Other.NOTHING, Set.of(), 0), vips));
        put(elements, Elements.of(SetShape.verdicts(ipv4 ? DISPATCH4 : DISPATCH6, key), dispatch));
        put(elements, Elements.of(SetShape.verdicts(ipv4 ? FAST4 : FAST6, key), fast));
    }

    private SortedMap<String, Hook> hooks() {
        SortedMap<String, Hook> hooks = new TreeMap<>();
        hook(hooks, new HookedChain("arriving", HookedChain.Hook.PREROUTING, ARRIVAL, false, ""), arriving());
        hook(hooks, new HookedChain("own_errors", HookedChain.Hook.OUTPUT_ROUTED, ARRIVAL, false, ""), ownErrors());
        hook(hooks, new HookedChain("forwarded", HookedChain.Hook.FORWARD, 0, true, ""), forwarded());
        if (fastLane != null) {
            for (String name : fastLane.interfaces()) {
                hook(hooks, new HookedChain("fast_" + name, HookedChain.Hook.INGRESS, MARKING, false, name), marking());
            }
        }
        return hooks;
    }

    private static void hook(SortedMap<String, Hook> hooks, HookedChain chain, List<List<Expression>> rules) {
        hooks.put(chain.name(), new Hook(chain, rules));
    }

    private static List<Expression> isFamily(IpFamily family) {
        int code = family == IpFamily.IPV4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
        return List.of(new LoadMeta(R0, Meta.FAMILY), new Compare(R0, Comparison.EQUAL, Octets.network(code, 1)));
    }

    private static List<Expression> isInterface(Meta which, String name) {
        return List.of(
                new LoadMeta(R0, which), new Compare(R0, Comparison.EQUAL, Octets.padded(name, INTERFACE_NAME_BYTES)));
    }

    private static List<Expression> markAnswer() {
        return List.of(new Constant(R0, Octets.host(Marks.ANSWER)), new SetMark(R0), new Accept());
    }

    /** At an external interface. A mark that somebody else has put on a packet must not send it to a target. */
    private static List<List<Expression>> marking() {
        return List.of(SlotChains.clearMark(), dispatch(IpFamily.IPV4, FAST4), dispatch(IpFamily.IPV6, FAST6));
    }

    private static List<Expression> dispatch(IpFamily family, String map) {
        return rule(isFamily(family), List.of(PacketView.whole(family).vip(R0), new LookupVerdict(map, R0)));
    }

    private List<List<Expression>> arriving() {
        String requests = book.chain(
                "requests",
                List.of(
                        SlotChains.clearMark(),
                        dispatch(IpFamily.IPV4, DISPATCH4),
                        dispatch(IpFamily.IPV6, DISPATCH6)));
        List<List<Expression>> fromInside = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            fromInside.add(rule(
                    isFamily(family),
                    List.of(
                            PacketView.whole(family).client(R0),
                            new InSet(family == IpFamily.IPV4 ? VIPS4 : VIPS6, R0)),
                    markAnswer()));
        }
        fromInside.add(List.of(new Goto(requests)));
        List<List<Expression>> rules = new ArrayList<>();
        rules.add(rule(
                isInterface(Meta.INPUT_NAME, interfaces.internal()),
                List.of(new Goto(book.chain("inside", fromInside)))));
        for (String name : interfaces.external()) {
            if (!name.equals(interfaces.internal())) {
                rules.add(rule(isInterface(Meta.INPUT_NAME, name), List.of(new Goto(requests))));
            }
        }
        rules.add(reassembly());
        return rules;
    }

    /**
     * Makes the kernel put fragments together before this hook (priority -400), and without connection tracking. It never
     * matches: there is no such family. It comes last, so that packets of our interfaces do not even look at it.
     */
    private static List<Expression> reassembly() {
        return List.of(
                new LoadMeta(R0, Meta.FAMILY),
                new Compare(R0, Comparison.EQUAL, Octets.network(NO_FAMILY, 1)),
                new LoadMeta(R0, Meta.TRANSPORT),
                new Compare(R0, Comparison.EQUAL, Octets.network(Protocol.TCP.number(), 1)),
                new Constant(R0, Octets.network(1, 2)),
                new ToLocalSocket(R0));
    }

    /**
     * The pod's own ICMP errors: about an answer (to its VIP) they go to the target that sent it, about a request (quoting its
     * VIP) they go out like an answer.
     */
    private static List<List<Expression>> ownErrors() {
        List<List<Expression>> rules = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            boolean ipv4 = family == IpFamily.IPV4;
            rules.addAll(VipChains.errors(
                    family,
                    List.of(PacketView.whole(family).vip(R0), new LookupVerdict(ipv4 ? DISPATCH4 : DISPATCH6, R0))));
        }
        for (IpFamily family : IpFamily.values()) {
            boolean ipv4 = family == IpFamily.IPV4;
            // In a request that is quoted, the VIP is where an answer has the client.
            List<Expression> quotesVip =
                    List.of(PacketView.quoted(family).client(R0), new InSet(ipv4 ? VIPS4 : VIPS6, R0));
            rules.addAll(VipChains.errors(family, rule(quotesVip, markAnswer())));
        }
        return rules;
    }

    private List<List<Expression>> forwarded() {
        List<List<Expression>> rules = new ArrayList<>();
        List<Expression> accept = List.of(new Accept());
        for (String name : interfaces.external()) {
            List<Expression> isAnswer =
                    List.of(new LoadMeta(R0, Meta.MARK), new Compare(R0, Comparison.EQUAL, Octets.host(Marks.ANSWER)));
            rules.add(rule(isAnswer, isInterface(Meta.OUTPUT_NAME, name), accept));
        }
        List<Expression> hasTarget = List.of(
                new LoadMeta(R0, Meta.MARK),
                new Mask(R0, R0, Octets.host(Marks.TARGET_MASK), Octets.host(0)),
                new Compare(R0, Comparison.NOT_EQUAL, Octets.host(0)));
        rules.add(rule(hasTarget, isInterface(Meta.OUTPUT_NAME, interfaces.internal()), accept));
        rules.add(List.of(new CountHere(), new Drop()));
        return rules;
    }

    private WantedTable sends(Marks marks) {
        SortedMap<String, Elements> elements = new TreeMap<>();
        for (IpFamily family : IpFamily.values()) {
            List<Element> addresses = new ArrayList<>();
            marks.byAddress().forEach((address, mark) -> {
                if (address.family() == family) {
                    addresses.add(Element.data(Octets.host(mark), Octets.of(address)));
                }
            });
            put(
                    elements,
                    Elements.of(
                            new SetShape(
                                    family == IpFamily.IPV4 ? ADDRESSES4 : ADDRESSES6,
                                    List.of(Datum.MARK),
                                    address(family),
                                    Set.of(),
                                    0),
                            addresses));
        }
        SortedMap<String, Hook> hooks = new TreeMap<>();
        if (fastLane != null) {
            Expression device = new Constant(DEVICE, Octets.host(fastLane.device()));
            List<List<Expression>> rules = List.of(
                    List.of(
                            new LoadMeta(R0, Meta.MARK),
                            new Lookup(R0, ADDRESSES4, R0),
                            device,
                            new Forward(IpFamily.IPV4, R0, DEVICE)),
                    List.of(
                            new LoadMeta(R0, Meta.MARK),
                            new Lookup(R0, ADDRESSES6, R0),
                            device,
                            new Forward(IpFamily.IPV6, R0, DEVICE)));
            for (String name : fastLane.interfaces()) {
                hook(hooks, new HookedChain("send_" + name, HookedChain.Hook.INGRESS, SENDING, false, name), rules);
            }
        }
        return new WantedTable(SENDS, hooks, new TreeMap<>(), elements, new TreeMap<>(), new TreeSet<>());
    }
}
