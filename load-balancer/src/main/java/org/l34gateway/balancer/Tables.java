// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.l34gateway.balancer.ChainBook.rule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.l34gateway.balancer.Devices.Device;
import org.l34gateway.balancer.Forwarding.Way;
import org.l34gateway.balancer.Part.Elements;
import org.l34gateway.balancer.Part.Hook;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.Expression.Accept;
import org.l34gateway.linux.nftables.Expression.Compare;
import org.l34gateway.linux.nftables.Expression.Comparison;
import org.l34gateway.linux.nftables.Expression.Constant;
import org.l34gateway.linux.nftables.Expression.Count;
import org.l34gateway.linux.nftables.Expression.Drop;
import org.l34gateway.linux.nftables.Expression.Forward;
import org.l34gateway.linux.nftables.Expression.Goto;
import org.l34gateway.linux.nftables.Expression.InSet;
import org.l34gateway.linux.nftables.Expression.Load;
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
import org.l34gateway.program.FlowHash;
import org.l34gateway.program.Protocol;

/**
 * Writes the parts of the two tables for a program. {@code inet l34} decides; {@code netdev l34} sends on what an interface's chain of the
 * first has marked, because only tables of that family may.
 *
 * <p>Every name and number in a rule is derived from hashes and numbers, or is an interface's name: no text of a user gets here.
 */
final class Tables {
    static final TableName DECIDES = new TableName(TableName.Family.INET, "l34");
    static final TableName SENDS = new TableName(TableName.Family.NETDEV, "l34");

    /** VIP → the chain that knows all its flows; a map for each {@link VipLookup length}. */
    private static final String DISPATCH = "dispatch";
    /** VIP, protocol and port → the chain of a flow's backends; counts. */
    static final String SERVICES = "services";
    /** The same for packets inside ICMP errors. */
    private static final String QUOTED_SERVICES = "quoted_services";

    /** All VIPs, in the same way. */
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
    static final int MOST_SERVICES = 1 << 16;

    /** The order at an interface: first the mark, then the way out. */
    private static final int MARKING = 0;

    private static final int SENDING = 10;
    private static final int ARRIVAL = -150;
    private static final int NFPROTO_IPV4 = 2;
    private static final int NFPROTO_IPV6 = 10;
    private static final int NO_FAMILY = 0xFF;

    private static final SetShape SENT_SHAPE =
            new SetShape(SENT, List.of(Datum.MARK), Other.NOTHING, Set.of(Flag.COUNTS), Marks.TARGET_MASK);

    private static final Register R0 = new Register(0);
    private static final Register DEVICE = new Register(4);

    private final Devices devices;
    private final FastPath fastPath;
    private final VipLookup lookup;
    private final ChainBook book = new ChainBook();

    private Tables(Devices devices, FastPath fastPath, VipLookup lookup) {
        this.devices = devices;
        this.fastPath = fastPath;
        this.lookup = lookup;
    }

    /** What is in the table that decides, whatever the program is but for the lengths of its VIPs. */
    static Part alwaysDecides(Devices devices, FastPath fastPath, VipLookup lookup) {
        return new Tables(devices, fastPath, lookup).decides();
    }

    /** What is in the table that sends, whatever the program is. */
    static Part alwaysSends(Devices devices, FastPath fastPath) {
        return new Tables(devices, fastPath, VipLookup.of(List.of())).sends();
    }

    private Part decides() {
        List<Elements> elements = new ArrayList<>(List.of(
                Elements.of(SENT_SHAPE),
                VipChains.errors(),
                Elements.of(
                        new SetShape(PORTS, List.of(Datum.PROTOCOL), Other.NOTHING, Set.of(), Protocol.values().length),
                        Stream.of(Protocol.values())
                                .map(protocol -> Element.member(Octets.network(protocol.number(), 1)))
                                .toList())));
        for (IpFamily family : IpFamily.values()) {
            for (int length : lookup.lengths(family)) {
                elements.add(Elements.of(vipsShape(family, length)));
                elements.add(Elements.of(dispatchShape(family, length)));
            }
            elements.add(Elements.of(servicesShape(family)));
            elements.add(Elements.of(quotedShape(family)));
        }
        Map<String, Hook> hooks = hooks();
        elements.addAll(book.maps().values());
        Set<String> counters = Stream.of(Dropped.values()).map(Dropped::counter).collect(Collectors.toSet());
        return new Part(hooks, book.chains(), elements, List.of(), counters);
    }

    /** A target in the table that decides. */
    static Part marked(int mark) {
        return Part.of(Elements.of(SENT_SHAPE, Element.member(Octets.host(mark))));
    }

    /** A target in the table that sends. */
    static Part addressed(IpAddress address, int mark) {
        return Part.of(
                Elements.of(addressesShape(address.family()), Element.data(Octets.host(mark), Octets.of(address))));
    }

    /** Mark → address of a target, as the table that sends has them. */
    static Map<Integer, IpAddress> addresses(PresentTable sends) {
        Map<Integer, IpAddress> addresses = new HashMap<>();
        for (IpFamily family : IpFamily.values()) {
            sends.entries(named(ADDRESSES, family)).forEach(element -> {
                if (element.content() instanceof Element.Data(Octets address)) {
                    addresses.put(element.key().hostNumber(), IpAddress.of(address.first(family.bits() / 8)));
                }
            });
        }
        return addresses;
    }

    /**
     * A pool's chain, and the memory of its connections. It has them also when other flows go before all of its own: the name
     * of the chain says that its cell is taken.
     */
    static Part cell(SlotPool pool, String suffix, FlowHash hash) {
        ChainBook book = new ChainBook();
        new SlotChains(book, hash, _ -> suffix)
                .chain(
                        pool,
                        PacketView.whole(pool.family()),
                        HashInput.FLOW,
                        SlotChains.drops(book, Dropped.NO_TARGET));
        Datum address = address(pool.family());
        List<Elements> elements = new ArrayList<>(book.maps().values());
        elements.add(Elements.of(new SetShape(
                PoolNames.flows(pool),
                List.of(address, address, Datum.MARK),
                Datum.MARK,
                Set.of(Flag.DYNAMIC, Flag.TIMEOUT),
                MOST_FLOWS)));
        return new Part(Map.of(), book.chains(), elements, List.of(), Set.of());
    }

    /**
     * A VIP.
     *
     * @param listed those of its services that are in the map of services: all or none
     * @param suffixes of pools
     */
    static Part vip(
            IpPrefix vip, List<Way> ways, List<Service> listed, FlowHash hash, Function<SlotPool, String> suffixes) {
        ChainBook book = new ChainBook();
        VipChains chains = new VipChains(book, hash, suffixes);
        IpFamily family = vip.family();
        Octets address = Octets.of(vip.address());
        List<Element> services = new ArrayList<>();
        List<Element> quoted = new ArrayList<>();
        for (Service service : listed) {
            Way way = ways.get(service.flow());
            Octets key = key(vip, service);
            services.add(Element.leads(key, chains.service(PacketView.whole(family), way, service.protocol())));
            quoted.add(Element.leads(key, chains.service(PacketView.quoted(family), way, service.protocol())));
        }
        List<Elements> elements = new ArrayList<>();
        elements.add(Elements.of(servicesShape(family), services));
        elements.add(Elements.of(quotedShape(family), quoted));
        String chain = chains.chain(family, ways, listed);
        elements.add(Elements.of(dispatchShape(family, vip.length()), Element.leads(address, chain)));
        elements.add(Elements.of(vipsShape(family, vip.length()), Element.member(address)));
        elements.addAll(book.maps().values());
        Set<String> counters =
                ways.stream().map(way -> VipChains.counter(way.flow())).collect(Collectors.toSet());
        return new Part(Map.of(), book.chains(), elements, List.of(), counters);
    }

    /** The element of a service. */
    static Octets key(IpPrefix vip, Service service) {
        // The port's two bytes come first in the last register.
        return Octets.of(vip.address())
                .then(Octets.network(service.protocol().number(), 1))
                .then(Octets.network(service.port() << Short.SIZE, Integer.BYTES));
    }

    private static SetShape vipsShape(IpFamily family, int length) {
        return new SetShape(
                VipLookup.named(VIPS, family, length), List.of(address(family)), Other.NOTHING, Set.of(), MOST_VIPS);
    }

    private static SetShape dispatchShape(IpFamily family, int length) {
        return SetShape.verdicts(VipLookup.named(DISPATCH, family, length), List.of(address(family)), MOST_VIPS);
    }

    private static SetShape servicesShape(IpFamily family) {
        return SetShape.verdicts(
                named(SERVICES, family),
                List.of(address(family), Datum.PROTOCOL, Datum.PORT),
                MOST_SERVICES,
                Flag.COUNTS);
    }

    private static SetShape quotedShape(IpFamily family) {
        return SetShape.verdicts(
                named(QUOTED_SERVICES, family), List.of(address(family), Datum.PROTOCOL, Datum.PORT), MOST_SERVICES);
    }

    private static SetShape addressesShape(IpFamily family) {
        return new SetShape(
                named(ADDRESSES, family), List.of(Datum.MARK), address(family), Set.of(Flag.COUNTS), Marks.TARGET_MASK);
    }

    private static Datum address(IpFamily family) {
        return family == IpFamily.IPV4 ? Datum.IPV4 : Datum.IPV6;
    }

    /** The name of what there is for each family. */
    static String named(String kind, IpFamily family) {
        return kind + (family == IpFamily.IPV4 ? "4" : "6");
    }

    /** Whether a map leads from VIPs to the chains that know all their flows. */
    static boolean isDispatch(String map) {
        return Stream.of(IpFamily.values())
                .anyMatch(family -> VipLookup.lengthOf(map, DISPATCH, family).isPresent());
    }

    /** Whether a map leads from VIPs with protocols and ports to chains, and is asked before {@link #isDispatch}. */
    static boolean isServices(String map) {
        return Stream.of(IpFamily.values())
                .anyMatch(family -> map.equals(named(SERVICES, family)) || map.equals(named(QUOTED_SERVICES, family)));
    }

    /** The maps from VIPs, or keys that begin with a VIP, to chains → the length of these VIPs. */
    static Map<String, Integer> ways(IpFamily family, Set<String> maps) {
        Map<String, Integer> ways = new HashMap<>();
        ways.put(named(SERVICES, family), family.bits());
        maps.forEach(map -> VipLookup.lengthOf(map, DISPATCH, family).ifPresent(length -> ways.put(map, length)));
        return ways;
    }

    private Map<String, Hook> hooks() {
        Map<String, Hook> hooks = new HashMap<>();
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

    private static void hook(Map<String, Hook> hooks, HookedChain chain, List<List<Expression>> rules) {
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
            dispatch(family).forEach(rule -> passing.add(rule(PacketView.beginsWithOneOf(family, PORTS), rule)));
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

    private List<List<Expression>> dispatch(IpFamily family) {
        Load vip = PacketView.whole(family).vip(R0);
        return lookup.rules(family, DISPATCH, vip, map -> new LookupVerdict(map, R0));
    }

    /** Matches when an address that is loaded is one of a VIP. */
    private List<List<Expression>> isVip(IpFamily family, Load address) {
        return lookup.rules(family, VIPS, address, set -> new InSet(set, R0));
    }

    private List<List<Expression>> arriving() {
        List<List<Expression>> toVip = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            toVip.add(rule(
                    isFamily(family),
                    PacketView.whole(family).service(R0),
                    List.of(new LookupVerdict(named(SERVICES, family), R0))));
            toVip.add(rule(isFamily(family), quotedService(family)));
            dispatch(family).forEach(rule -> toVip.add(rule(isFamily(family), rule)));
        }
        toVip.add(SlotChains.clearMark());
        String requests = book.chain("requests", toVip);
        List<List<Expression>> fromInside = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            isVip(family, PacketView.whole(family).client(R0))
                    .forEach(rule -> fromInside.add(rule(isFamily(family), rule, markAnswer())));
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
    private List<List<Expression>> ownErrors() {
        List<List<Expression>> rules = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            rules.add(quotedService(family));
            dispatch(family).forEach(rule -> rules.add(rule(VipChains.isError(family), rule)));
        }
        for (IpFamily family : IpFamily.values()) {
            // In a request that is quoted, the VIP is where an answer has the client.
            isVip(family, PacketView.quoted(family).client(R0))
                    .forEach(rule -> rules.add(rule(VipChains.isError(family), rule, markAnswer())));
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
        rules.add(List.of(new Count(Dropped.NOT_FORWARDED.counter()), new Drop()));
        return rules;
    }

    private Part sends() {
        Map<String, Hook> hooks = new HashMap<>();
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
        List<Elements> elements = Stream.of(IpFamily.values())
                .map(family -> Elements.of(addressesShape(family)))
                .toList();
        return new Part(hooks, Map.of(), elements, List.of(), Set.of());
    }
}
