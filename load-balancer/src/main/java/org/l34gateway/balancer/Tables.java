// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.l34gateway.balancer.ChainBook.rule;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.l34gateway.balancer.Classifier.Choice;
import org.l34gateway.balancer.Devices.Device;
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
import org.l34gateway.program.Flow;
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

    /** VIP → the chain that knows all its flows. */
    private static final String DISPATCH = "dispatch";
    /** VIP, protocol and port → the chain of a flow's backends; counts. */
    static final String SERVICES = "services";
    /** The same for packets inside ICMP errors. */
    private static final String QUOTED_SERVICES = "quoted_services";

    private static final String VIPS = "vips";
    /** Protocols with ports. */
    private static final String PORTS = "with_ports";
    /** Mark → address of the target; counts what is sent there at once. */
    static final String ADDRESSES = "addresses";
    /** Marks of targets; counts what leaves by the network layer. */
    static final String SENT = "sent";

    /** At most, of one group and family; a connection that finds no room is treated by its slot. */
    static final int MOST_FLOWS = 1 << 18;

    /** At most, of one family. A map whose size the kernel knows is a plain hash table, which costs a packet half as much. */
    static final int MOST_VIPS = 1 << 14;

    /** At most, of one family; the ports of VIPs that find no room are looked for in the VIP's own chain. */
    private static final int MOST_SERVICES = 1 << 16;

    /** The order at an interface: first the mark, then the way out. */
    private static final int MARKING = 0;

    private static final int SENDING = 10;
    private static final int ARRIVAL = -150;
    private static final int NFPROTO_IPV4 = 2;
    private static final int NFPROTO_IPV6 = 10;
    private static final int NO_FAMILY = 0xFF;

    private static final Register R0 = new Register(0);
    private static final Register DEVICE = new Register(4);

    private final Forwarding forwarding;
    private final Devices devices;
    private final FastPath fastPath;
    private final ChainBook book = new ChainBook();
    private final FlowHash hash;
    private final Drafts drafts;
    private final PoolNames names;

    private Tables(
            Forwarding forwarding, Devices devices, FastPath fastPath, FlowHash hash, PoolNames names, Drafts drafts) {
        this.hash = hash;
        this.drafts = drafts;
        this.forwarding = forwarding;
        this.devices = devices;
        this.fastPath = fastPath;
        this.names = names;
    }

    /**
     * Both tables, in the order of the hooks at an interface from the last: a mark that the one knows and the other does not
     * sends the packet the complete way.
     */
    static List<WantedTable> write(
            Forwarding forwarding,
            Devices devices,
            FastPath fastPath,
            Marks marks,
            FlowHash hash,
            PoolNames names,
            SortedMap<String, int[]> states,
            Drafts drafts) {
        Tables tables = new Tables(forwarding, devices, fastPath, hash, names, drafts);
        return List.of(tables.sends(marks), tables.decides(marks, states));
    }

    private WantedTable decides(Marks marks, SortedMap<String, int[]> states) {
        Drafts.Vips vips = vips();
        SortedMap<String, Elements> elements = new TreeMap<>(vips.maps());
        Map<String, Map<Integer, Integer>> marksOf = new HashMap<>();
        for (SlotPool pool : forwarding.pools()) {
            String suffix = names.of(pool);
            Drafts.Pool draft = drafts.pools.get(suffix, pool, () -> pool(pool));
            put(elements, draft.flows());
            marksOf.put(suffix, draft.marks());
        }
        SlotBanks.Maps slots = SlotBanks.write(states, marksOf, drafts);
        elements.putAll(slots.targets());
        put(elements, marked(marks).sent());
        put(elements, VipChains.errors());
        put(
                elements,
                Elements.of(
                        new SetShape(PORTS, List.of(Datum.PROTOCOL), Other.NOTHING, Set.of(), Protocol.values().length),
                        Stream.of(Protocol.values())
                                .map(protocol -> Element.member(Octets.network(protocol.number(), 1)))
                                .toList()));
        SortedMap<String, Hook> hooks = hooks();
        SortedMap<String, List<List<Expression>>> chains = new TreeMap<>(vips.chains());
        takeCells(vips.pools());
        chains.putAll(book.chains());
        book.maps().values().forEach(map -> put(elements, map));
        return new WantedTable(DECIDES, hooks, chains, elements, slots.numbers(), states, vips.counters());
    }

    /** A pool gets a chain, too, when other flows go before all of its own: the name says that its cell is taken. */
    private void takeCells(Set<String> written) {
        SlotChains slots = new SlotChains(book, hash, names);
        forwarding.pools().stream()
                .filter(pool -> !written.contains(names.of(pool)))
                .forEach(pool -> slots.chain(
                        pool,
                        PacketView.whole(pool.family()),
                        HashInput.FLOW,
                        SlotChains.drops(book, VipChains.NO_TARGET)));
    }

    private Drafts.Pool pool(SlotPool pool) {
        Map<Integer, Integer> marks = new HashMap<>();
        pool.marks().forEach((identifier, mark) -> marks.put(SlotState.target(identifier), mark));
        return new Drafts.Pool(flows(pool), marks);
    }

    private static void put(SortedMap<String, Elements> elements, Elements more) {
        elements.put(more.shape().name(), more);
    }

    /** The sets and maps of all targets, of which few change. */
    private Drafts.Targets marked(Marks marks) {
        Drafts.Targets before = drafts.marked;
        if (!before.marks().equals(marks)) {
            Map<IpAddress, Integer> go = before.marks().without(marks);
            Map<IpAddress, Integer> come = marks.without(before.marks());
            Map<IpFamily, Elements> addresses = new EnumMap<>(IpFamily.class);
            before.addresses()
                    .forEach((family, held) ->
                            addresses.put(family, held.changed(addresses(go, family), addresses(come, family))));
            drafts.marked = new Drafts.Targets(marks, before.sent().changed(members(go), members(come)), addresses);
        }
        return drafts.marked;
    }

    /** Of no target at all. */
    static Drafts.Targets unmarked() {
        Map<IpFamily, Elements> addresses = new EnumMap<>(IpFamily.class);
        for (IpFamily family : IpFamily.values()) {
            addresses.put(
                    family,
                    Elements.of(
                            new SetShape(
                                    named(ADDRESSES, family),
                                    List.of(Datum.MARK),
                                    address(family),
                                    Set.of(Flag.COUNTS),
                                    Marks.TARGET_MASK),
                            Set.of()));
        }
        SetShape sent = new SetShape(SENT, List.of(Datum.MARK), Other.NOTHING, Set.of(Flag.COUNTS), Marks.TARGET_MASK);
        return new Drafts.Targets(Marks.NONE, Elements.of(sent, Set.of()), addresses);
    }

    private static List<Element> addresses(Map<IpAddress, Integer> marks, IpFamily family) {
        List<Element> elements = new ArrayList<>();
        marks.forEach((address, mark) -> {
            if (address.family() == family) {
                elements.add(Element.data(Octets.host(mark), Octets.of(address)));
            }
        });
        return elements;
    }

    private static List<Element> members(Map<IpAddress, Integer> marks) {
        return marks.values().stream()
                .map(mark -> Element.member(Octets.host(mark)))
                .toList();
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

    private Drafts.Vips vips() {
        Map<IpPrefix, Drafts.Vip> vips = new TreeMap<>();
        Map<IpFamily, Integer> room = new EnumMap<>(IpFamily.class);
        forwarding.ways().forEach((vip, ways) -> {
            Drafts.Vip draft = vip(vip, ways, true);
            int left = room.getOrDefault(vip.family(), MOST_SERVICES)
                    - draft.services().size();
            room.put(vip.family(), left);
            vips.put(vip, left < 0 ? vip(vip, ways, false) : draft);
        });
        return drafts.allVips.get("", List.copyOf(vips.entrySet()), () -> together(vips));
    }

    /** @param listed whether its ports are in the map of services */
    private Drafts.Vip vip(IpPrefix vip, List<Way> ways, boolean listed) {
        List<String> suffixes = ways.stream()
                .flatMap(way -> way.shares().stream())
                .map(share -> names.of(share.pool()))
                .toList();
        List<Object> from = List.of(ways, suffixes, listed, hash);
        return drafts.vips.get(vip, from, () -> {
            ChainBook pages = new ChainBook();
            VipChains chains = new VipChains(pages, hash, names);
            IpFamily family = vip.family();
            Octets address = Octets.of(vip.address());
            List<Element> services = List.of();
            List<Element> quoted = List.of();
            if (listed) {
                services = services(address, chains.services(PacketView.whole(family), ways));
                quoted = services(address, chains.services(PacketView.quoted(family), ways));
            }
            String chain = chains.chain(family, ways, listed ? Choice.WITHOUT_SERVICES : Choice.EVERY_PORT);
            return new Drafts.Vip(
                    Element.leads(address, chain), services, quoted, pages.chains(), pages.maps(), counters(ways));
        });
    }

    private static Set<String> counters(List<Way> ways) {
        return ways.stream().map(way -> VipChains.counter(way.flow())).collect(Collectors.toSet());
    }

    private static Drafts.Vips together(Map<IpPrefix, Drafts.Vip> vips) {
        SortedMap<String, List<List<Expression>>> chains = new TreeMap<>();
        SortedMap<String, Elements> maps = new TreeMap<>();
        SortedSet<String> counters = new TreeSet<>();
        vips.values().forEach(vip -> {
            counters.addAll(vip.counters());
            chains.putAll(vip.chains());
            maps.putAll(vip.maps());
        });
        for (IpFamily family : IpFamily.values()) {
            List<Element> members = new ArrayList<>();
            List<Element> dispatch = new ArrayList<>();
            List<Element> services = new ArrayList<>();
            List<Element> quoted = new ArrayList<>();
            vips.forEach((prefix, vip) -> {
                if (prefix.family() == family) {
                    members.add(Element.member(vip.dispatch().key()));
                    dispatch.add(vip.dispatch());
                    services.addAll(vip.services());
                    quoted.addAll(vip.quoted());
                }
            });
            List<Datum> vip = List.of(address(family));
            List<Datum> service = List.of(address(family), Datum.PROTOCOL, Datum.PORT);
            put(maps, Elements.of(new SetShape(named(VIPS, family), vip, Other.NOTHING, Set.of(), MOST_VIPS), members));
            put(maps, Elements.of(SetShape.verdicts(named(DISPATCH, family), vip, MOST_VIPS), dispatch));
            put(
                    maps,
                    Elements.of(
                            SetShape.verdicts(named(SERVICES, family), service, MOST_SERVICES, Flag.COUNTS), services));
            put(maps, Elements.of(SetShape.verdicts(named(QUOTED_SERVICES, family), service, MOST_SERVICES), quoted));
        }
        Set<String> pools = chains.keySet().stream()
                .flatMap(chain -> PoolNames.poolOf(chain).stream())
                .collect(Collectors.toSet());
        return new Drafts.Vips(chains, maps, counters, pools);
    }

    private static List<Element> services(Octets vip, List<VipChains.Service> services) {
        return services.stream()
                .map(service -> Element.leads(key(vip, service.protocol(), service.port()), service.chain()))
                .toList();
    }

    private static Octets key(Octets vip, Protocol protocol, int port) {
        // The port's two bytes come first in the last register.
        return vip.then(Octets.network(protocol.number(), 1)).then(Octets.network(port << Short.SIZE, Integer.BYTES));
    }

    /** The VIPs whose services are in the map. */
    private static Map<IpPrefix, List<Way>> exact(Forwarding forwarding, IpFamily family) {
        Map<IpPrefix, List<Way>> exact = new TreeMap<>();
        int room = MOST_SERVICES;
        for (Map.Entry<IpPrefix, List<Way>> each : forwarding.ways().entrySet()) {
            if (each.getKey().family() == family) {
                for (Protocol protocol : Protocol.values()) {
                    room -= Classifier.exact(family, each.getValue(), protocol).size();
                }
                if (room < 0) {
                    break;
                }
                exact.put(each.getKey(), each.getValue());
            }
        }
        return exact;
    }

    /** Element of the map of services → the flow that has it. */
    static Map<Octets, Flow> flowsOfServices(Forwarding forwarding, IpFamily family) {
        Map<Octets, Flow> flows = new HashMap<>();
        exact(forwarding, family).forEach((prefix, ways) -> {
            for (Protocol protocol : Protocol.values()) {
                Classifier.exact(family, ways, protocol)
                        .forEach(
                                (port, way) -> flows.put(key(Octets.of(prefix.address()), protocol, port), way.flow()));
            }
        });
        return flows;
    }

    /** The name of what there is for each family. */
    static String named(String kind, IpFamily family) {
        return kind + (family == IpFamily.IPV4 ? "4" : "6");
    }

    /** Names of the maps from VIPs, or keys that begin with a VIP, to chains. */
    static List<String> ways(IpFamily family) {
        return List.of(named(DISPATCH, family), named(SERVICES, family));
    }

    private SortedMap<String, Hook> hooks() {
        SortedMap<String, Hook> hooks = new TreeMap<>();
        hook(hooks, new HookedChain("arriving", HookedChain.Hook.PREROUTING, ARRIVAL, false, ""), arriving());
        hook(hooks, new HookedChain("own_errors", HookedChain.Hook.OUTPUT_ROUTED, ARRIVAL, false, ""), ownErrors());
        hook(hooks, new HookedChain("forwarded", HookedChain.Hook.FORWARD, 0, true, ""), forwarded());
        Device internal = devices.internal();
        if (fastPath == FastPath.ON && internal != null) {
            devices.external()
                    .forEach((name, _) -> hook(
                            hooks,
                            new HookedChain("fast_" + name, HookedChain.Hook.INGRESS, MARKING, false, name),
                            marking(internal)));
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

    private static List<Expression> isInterface(Meta which, Device device) {
        return List.of(new LoadMeta(R0, which), new Compare(R0, Comparison.EQUAL, Octets.host(device.index())));
    }

    private static List<Expression> markAnswer() {
        return List.of(new Constant(R0, Octets.host(Marks.ANSWER)), new SetMark(R0), new Accept());
    }

    /**
     * At an external interface. What can go on as it is goes through the chains of the complete way here already; all else keeps
     * no mark, also none that somebody else has put on it.
     */
    private List<List<Expression>> marking(Device to) {
        List<List<Expression>> rules = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            List<List<Expression>> passing = new ArrayList<>();
            passing.add(rule(
                    PacketView.serviceAtOnce(family, R0), List.of(new LookupVerdict(named(SERVICES, family), R0))));
            passing.add(rule(PacketView.beginsWithOneOf(family, PORTS), dispatch(family)));
            passing.add(SlotChains.clearMark());
            rules.add(rule(
                    isFamily(family),
                    PacketView.passesUnchanged(family, to.mtuBytes()),
                    List.of(new Goto(book.chain("passing", passing)))));
        }
        rules.add(SlotChains.clearMark());
        return rules;
    }

    private static List<Expression> quotedService(IpFamily family) {
        return rule(
                VipChains.isError(family),
                PacketView.quoted(family).service(R0),
                List.of(new LookupVerdict(named(QUOTED_SERVICES, family), R0)));
    }

    private static List<Expression> dispatch(IpFamily family) {
        return List.of(PacketView.whole(family).vip(R0), new LookupVerdict(named(DISPATCH, family), R0));
    }

    private List<List<Expression>> arriving() {
        List<List<Expression>> toVip = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            toVip.add(rule(
                    isFamily(family),
                    PacketView.whole(family).service(R0),
                    List.of(new LookupVerdict(named(SERVICES, family), R0))));
            toVip.add(rule(isFamily(family), quotedService(family)));
            toVip.add(rule(isFamily(family), dispatch(family)));
        }
        toVip.add(SlotChains.clearMark());
        String requests = book.chain("requests", toVip);
        List<List<Expression>> fromInside = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            fromInside.add(rule(
                    isFamily(family),
                    List.of(PacketView.whole(family).client(R0), new InSet(named(VIPS, family), R0)),
                    markAnswer()));
        }
        fromInside.add(List.of(new Goto(requests)));
        List<List<Expression>> rules = new ArrayList<>();
        Device internal = devices.internal();
        if (internal != null) {
            rules.add(
                    rule(isInterface(Meta.INPUT_INDEX, internal), List.of(new Goto(book.chain("inside", fromInside)))));
        }
        for (Device device : devices.external().values()) {
            if (!device.equals(internal)) {
                rules.add(rule(isInterface(Meta.INPUT_INDEX, device), List.of(new Goto(requests))));
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
            rules.add(quotedService(family));
            rules.add(rule(VipChains.isError(family), dispatch(family)));
        }
        for (IpFamily family : IpFamily.values()) {
            // In a request that is quoted, the VIP is where an answer has the client.
            List<Expression> quotesVip =
                    List.of(PacketView.quoted(family).client(R0), new InSet(named(VIPS, family), R0));
            rules.add(rule(VipChains.isError(family), quotesVip, markAnswer()));
        }
        return rules;
    }

    private List<List<Expression>> forwarded() {
        List<List<Expression>> rules = new ArrayList<>();
        List<Expression> accept = List.of(new Accept());
        List<Expression> isAnswer =
                List.of(new LoadMeta(R0, Meta.MARK), new Compare(R0, Comparison.EQUAL, Octets.host(Marks.ANSWER)));
        for (Device device : devices.external().values()) {
            rules.add(rule(isAnswer, isInterface(Meta.OUTPUT_INDEX, device), accept));
        }
        Device internal = devices.internal();
        if (internal != null) {
            List<Expression> hasTarget = List.of(new LoadMeta(R0, Meta.MARK), new InSet(SENT, R0));
            rules.add(rule(isInterface(Meta.OUTPUT_INDEX, internal), hasTarget, accept));
        }
        rules.add(List.of(new CountHere(), new Drop()));
        return rules;
    }

    private WantedTable sends(Marks marks) {
        SortedMap<String, Elements> elements = new TreeMap<>();
        marked(marks).addresses().values().forEach(addresses -> put(elements, addresses));
        SortedMap<String, Hook> hooks = new TreeMap<>();
        Device internal = devices.internal();
        if (fastPath == FastPath.ON && internal != null) {
            Expression device = new Constant(DEVICE, Octets.host(internal.index()));
            List<List<Expression>> rules = new ArrayList<>();
            for (IpFamily family : IpFamily.values()) {
                rules.add(List.of(
                        new LoadMeta(R0, Meta.MARK),
                        new Lookup(R0, named(ADDRESSES, family), R0),
                        device,
                        new Forward(family, R0, DEVICE)));
            }
            for (String name : devices.external().keySet()) {
                hook(hooks, new HookedChain("send_" + name, HookedChain.Hook.INGRESS, SENDING, false, name), rules);
            }
        }
        return new WantedTable(SENDS, hooks, new TreeMap<>(), elements, new TreeMap<>(), Map.of(), new TreeSet<>());
    }
}
