// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.l34gateway.balancer.ChainBook.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.l34gateway.balancer.Forwarding.Share;
import org.l34gateway.balancer.Forwarding.Way;
import org.l34gateway.balancer.Part.Elements;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.Expression.Compare;
import org.l34gateway.linux.nftables.Expression.Comparison;
import org.l34gateway.linux.nftables.Expression.Count;
import org.l34gateway.linux.nftables.Expression.Goto;
import org.l34gateway.linux.nftables.Expression.Header;
import org.l34gateway.linux.nftables.Expression.InSet;
import org.l34gateway.linux.nftables.Expression.Load;
import org.l34gateway.linux.nftables.Expression.LoadMeta;
import org.l34gateway.linux.nftables.Expression.Meta;
import org.l34gateway.linux.nftables.Expression.Swap;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.linux.nftables.Register;
import org.l34gateway.linux.nftables.SetShape;
import org.l34gateway.linux.nftables.SetShape.Datum;
import org.l34gateway.linux.nftables.SetShape.Other;
import org.l34gateway.program.Flow;
import org.l34gateway.program.FlowHash;
import org.l34gateway.program.Protocol;
import org.l34gateway.program.WeightedSplit;

/** Writes the chains of a VIP: which flow a packet belongs to, and which backend has it. */
final class VipChains {
    private static final Register R0 = new Register(0);
    private static final Register SPLIT = new Register(10);
    private static final String ERRORS = "icmp_errors";
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    /** Destination unreachable, time exceeded, parameter problem (RFC 792). */
    private static final List<Integer> ICMP_ERRORS = List.of(3, 11, 12);
    /** Error messages have types below 128 (RFC 4443 §2.1). */
    private static final int FIRST_ICMPV6_INFORMATION = 128;

    private final ChainBook book;
    private final FlowHash hash;
    private final SlotChains slots;
    private final Goto noFlow;
    private final Goto noTarget;

    /** @param suffixes of pools ({@link PoolNames}) */
    VipChains(ChainBook book, FlowHash hash, Function<SlotPool, String> suffixes) {
        this.book = book;
        this.hash = hash;
        this.noFlow = new Goto(SlotChains.drops(book, Dropped.NO_FLOW));
        this.noTarget = new Goto(SlotChains.drops(book, Dropped.NO_TARGET));
        this.slots = new SlotChains(book, hash, suffixes);
    }

    /** The chain where packets go on that belong to a way by their protocol and port. */
    String service(PacketView view, Way way, Protocol protocol) {
        return backend(view, way, input(protocol));
    }

    /**
     * The chain of a VIP.
     *
     * @param listed services that are looked up before
     */
    String chain(IpFamily family, List<Way> ways, List<Service> listed) {
        PacketView view = PacketView.whole(family);
        List<List<Expression>> rules = new ArrayList<>(direct(view, ways, listed));
        rules.add(rule(isError(family), List.of(new Goto(quoted(family, ways, listed)))));
        rules.addAll(withoutPorts(view, ways));
        return book.chain("vip", rules);
    }

    /** The name of a flow's counter. */
    static String counter(Flow flow) {
        return "flow_" + ChainBook.hash(flow.name());
    }

    private List<List<Expression>> direct(PacketView view, List<Way> ways, List<Service> listed) {
        List<List<Expression>> rules = new ArrayList<>();
        for (Protocol protocol : Protocol.values()) {
            Set<Integer> elsewhere = listed.stream()
                    .filter(service -> service.protocol() == protocol)
                    .map(Service::port)
                    .collect(Collectors.toSet());
            rules.addAll(classifier(view, input(protocol)).rules(reaching(ways, view.family()), protocol, elsewhere));
        }
        return rules;
    }

    /** What follows {@link #direct}: packets whose ports no flow admits are dropped, those without ports go by the client. */
    private List<List<Expression>> withoutPorts(PacketView view, List<Way> ways) {
        List<List<Expression>> rules = new ArrayList<>();
        for (Protocol protocol : Protocol.values()) {
            rules.add(rule(view.isProtocol(protocol), List.of(noFlow)));
        }
        rules.addAll(classifier(view, HashInput.ADDRESSES).rulesByClient(reaching(ways, view.family())));
        rules.add(List.of(noFlow));
        return rules;
    }

    private Classifier classifier(PacketView view, HashInput input) {
        return new Classifier(
                book,
                view,
                way -> List.of(new Count(counter(way.flow())), new Goto(backend(view, way, input))),
                List.of(noFlow));
    }

    private static HashInput input(Protocol protocol) {
        return protocol == Protocol.SCTP ? HashInput.PORTS : HashInput.FLOW;
    }

    private String quoted(IpFamily family, List<Way> ways, List<Service> listed) {
        PacketView view = PacketView.quoted(family);
        List<List<Expression>> rules = new ArrayList<>(direct(view, ways, listed));
        rules.addAll(withoutPorts(view, ways));
        return book.chain("errors", rules);
    }

    /** Matches an ICMP packet that quotes another. */
    static List<Expression> isError(IpFamily family) {
        boolean ipv4 = family == IpFamily.IPV4;
        return List.of(
                new LoadMeta(R0, Meta.TRANSPORT),
                new Compare(R0, Comparison.EQUAL, Octets.network(ipv4 ? ICMP : ICMPV6, 1)),
                new Load(R0, Header.TRANSPORT, 0, 1),
                ipv4
                        ? new InSet(ERRORS, R0)
                        : new Compare(R0, Comparison.LESS, Octets.network(FIRST_ICMPV6_INFORMATION, 1)));
    }

    /** The set of types of ICMP errors. The kernel follows every rule that leads on: so one for all of them. */
    static Elements errors() {
        return Elements.of(
                new SetShape(ERRORS, List.of(Datum.ICMP_TYPE), Other.NOTHING, Set.of(), ICMP_ERRORS.size()),
                ICMP_ERRORS.stream()
                        .map(type -> Element.member(Octets.network(type, 1)))
                        .toList());
    }

    private static List<Way> reaching(List<Way> ways, IpFamily family) {
        return ways.stream()
                .filter(way -> Classifier.admits(way.flow(), family))
                .toList();
    }

    /** The chain that chooses a backend of a flow and its target. Flows with the same backends share it. */
    private String backend(PacketView view, Way way, HashInput input) {
        List<Share> shares = way.shares();
        return switch (shares.size()) {
            case 0 -> noTarget.chain();
            case 1 -> pool(view, shares.getFirst().pool(), input);
            default -> split(view, shares, input);
        };
    }

    private String pool(PacketView view, SlotPool pool, HashInput input) {
        return pool.isEmpty() ? noTarget.chain() : slots.chain(pool, view, input, noTarget.chain());
    }

    /** A backend without targets keeps its share, which is dropped: that is what the Gateway API asks for. */
    private String split(PacketView view, List<Share> shares, HashInput input) {
        List<Integer> ends =
                WeightedSplit.ends(shares.stream().map(Share::weight).toList());
        int seed = WeightedSplit.hash(hash).seed();
        List<List<Expression>> rules = new ArrayList<>();
        for (int i = 0; i < shares.size(); i++) {
            rules.add(rule(
                    input.hash(view, SPLIT, WeightedSplit.PARTS, seed, 0),
                    List.of(
                            new Swap(SPLIT, SPLIT, Integer.BYTES),
                            new Compare(SPLIT, Comparison.LESS, Octets.network(ends.get(i), Integer.BYTES)),
                            new Goto(pool(view, shares.get(i).pool(), input)))));
        }
        return book.chain("split", rules);
    }
}
