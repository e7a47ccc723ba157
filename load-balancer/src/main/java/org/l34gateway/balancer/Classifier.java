// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.l34gateway.balancer.Forwarding.Way;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.Expression.Compare;
import org.l34gateway.linux.nftables.Expression.Comparison;
import org.l34gateway.linux.nftables.Expression.Goto;
import org.l34gateway.linux.nftables.Expression.Header;
import org.l34gateway.linux.nftables.Expression.Load;
import org.l34gateway.linux.nftables.Expression.LookupVerdict;
import org.l34gateway.linux.nftables.Expression.Mask;
import org.l34gateway.linux.nftables.Expression.Within;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.linux.nftables.Register;
import org.l34gateway.linux.nftables.SetShape.Datum;
import org.l34gateway.program.ByteMatch;
import org.l34gateway.program.Flow;
import org.l34gateway.program.Partition;
import org.l34gateway.program.PortRange;
import org.l34gateway.program.Protocol;
import org.l34gateway.program.Range;

/**
 * Writes the choice among the flows of a VIP as a tree: each level looks at one field of the packet and leaves only the flows
 * that admit it, so that a packet costs one look for each field that any of them names, whatever their number. Few values
 * are compared in place, many single ones are looked up by hash and many ranges by interval. Flows that only differ in the bytes
 * that they match are compared one after the other, at the end.
 *
 * <p>The rules of a level need not match; then no flow admits the packet, and no rule that follows matches it either.
 */
final class Classifier {
    /** More values than these are looked up in a map. */
    private static final int COMPARED = 3;
    /** A part of the tree with more rules gets a chain of its own. */
    private static final int INLINE = 2;

    private static final Register R0 = new Register(0);
    private static final BigInteger LAST_PORT = BigInteger.valueOf(0xFFFF);
    private static final int PORT_BYTES = 2;

    private final ChainBook book;
    private final PacketView view;
    private final Function<Way, List<Expression>> leaf;
    private final List<Expression> end;

    /**
     * For one VIP or several.
     *
     * @param leaf what is done with the packets of a flow; ends with the verdict
     * @param end the last rule of every chain, empty for none
     */
    Classifier(ChainBook book, PacketView view, Function<Way, List<Expression>> leaf, List<Expression> end) {
        this.book = book;
        this.view = view;
        this.leaf = leaf;
        this.end = List.copyOf(end);
    }

    /** A field of a packet that flows restrict. */
    private enum Field {
        DESTINATION_PORT,
        SOURCE,
        SOURCE_PORT
    }

    private static final List<Field> ALL = List.of(Field.values());

    /**
     * The rules for packets with ports, by their protocol.
     *
     * @param ways in the order of their priority
     * @param elsewhere destination ports that are looked up before
     */
    List<List<Expression>> rules(List<Way> ways, Protocol protocol, Set<Integer> elsewhere) {
        List<Way> admitted = ways.stream()
                .filter(way -> way.flow().protocols().contains(protocol))
                .toList();
        return prefixed(
                view.isProtocol(protocol),
                level(admitted, ALL, elsewhere, view.isQuoted() ? this::withoutBytes : this::byBytes));
    }

    /**
     * The services of a VIP, sorted by protocol and port.
     *
     * @param flows of the VIP, in the order of their priority
     */
    static List<Service> services(IpFamily family, List<Flow> flows) {
        List<Service> services = new ArrayList<>();
        for (Protocol protocol : Protocol.values()) {
            List<Integer> admitted = IntStream.range(0, flows.size())
                    .filter(i -> admits(flows.get(i), family)
                            && flows.get(i).protocols().contains(protocol))
                    .boxed()
                    .toList();
            Partition.of(admitted, i -> restricts(family, flows.get(i), Field.DESTINATION_PORT))
                    .forEach(part -> {
                        int first = part.things().getFirst();
                        if (takesAnyClient(family, flows.get(first))) {
                            part.ranges().stream()
                                    .filter(Range::isSingle)
                                    .map(range -> range.first().intValue())
                                    .forEach(port -> services.add(new Service(protocol, port, first)));
                        }
                    });
        }
        services.sort(Comparator.comparing(Service::protocol).thenComparingInt(Service::port));
        return List.copyOf(services);
    }

    private static boolean takesAnyClient(IpFamily family, Flow flow) {
        return restricts(family, flow, Field.SOURCE).isEmpty()
                && restricts(family, flow, Field.SOURCE_PORT).isEmpty()
                && flow.byteMatches().isEmpty();
    }

    /** The rules for packets without ports: the first flow that admits the client takes them. */
    List<List<Expression>> rulesByClient(List<Way> ways) {
        return level(ways, List.of(Field.SOURCE), Set.of(), left -> goes(left.getFirst()));
    }

    private List<List<Expression>> goes(Way way) {
        return List.of(leaf.apply(way));
    }

    /** A quoted packet has other bytes than those to which the VIP answered. */
    private List<List<Expression>> withoutBytes(List<Way> ways) {
        return goes(ways.stream()
                .filter(way -> way.flow().byteMatches().isEmpty())
                .findFirst()
                .orElse(ways.getFirst()));
    }

    /** The rules for flows that admit all else of a packet. The first whose bytes match takes it. */
    private List<List<Expression>> byBytes(List<Way> ways) {
        List<List<Expression>> rules = new ArrayList<>();
        for (Way way : ways) {
            List<Expression> rule = new ArrayList<>();
            way.flow().byteMatches().forEach(match -> rule.addAll(matches(match)));
            rule.addAll(leaf.apply(way));
            rules.add(List.copyOf(rule));
            if (way.flow().byteMatches().isEmpty()) {
                break;
            }
        }
        return rules;
    }

    private static List<Expression> matches(ByteMatch match) {
        List<Expression> matches = new ArrayList<>();
        matches.add(new Load(R0, Header.TRANSPORT, match.offset(), match.length()));
        if (!match.isWhole()) {
            matches.add(new Mask(R0, R0, number(match, match.mask()), number(match, 0)));
        }
        matches.add(new Compare(R0, Comparison.EQUAL, number(match, match.value())));
        return matches;
    }

    private static Octets number(ByteMatch match, long number) {
        return Octets.network((int) number, match.length());
    }

    /**
     * The rules for what is left.
     *
     * @param fields that are still to be looked at
     * @param elsewhere values of the first of them that need not be
     * @param last writes the rules for flows that admit all of them
     */
    private List<List<Expression>> level(
            List<Way> ways,
            List<Field> fields,
            Set<Integer> elsewhere,
            Function<List<Way>, List<List<Expression>>> last) {
        if (ways.isEmpty()) {
            return List.of();
        }
        if (fields.isEmpty()) {
            return last.apply(ways);
        }
        Field here = fields.getFirst();
        List<Field> rest = fields.subList(1, fields.size());
        Map<List<Way>, List<Range>> split = split(view.family(), ways, here);
        List<Way> others = ways.stream()
                .filter(way -> restricts(view.family(), way.flow(), here).isEmpty())
                .toList();
        split.remove(others);
        Map<Range, List<List<Expression>>> children = new LinkedHashMap<>();
        split.forEach((left, ranges) -> {
            List<Range> looked = ranges.stream()
                    .filter(range -> !range.isSingle()
                            || !elsewhere.contains(range.first().intValue()))
                    .toList();
            if (!looked.isEmpty()) {
                List<List<Expression>> child = level(left, rest, Set.of(), last);
                looked.forEach(range -> children.put(range, child));
            }
        });
        List<List<Expression>> rules =
                new ArrayList<>(children.size() <= COMPARED ? compared(here, children) : lookedUp(here, children));
        rules.addAll(level(others, rest, Set.of(), last));
        return rules;
    }

    /** The flows that are left → where in the field that holds. Flows that admit nothing of it are in no list. */
    private static Map<List<Way>, List<Range>> split(IpFamily family, List<Way> ways, Field field) {
        Map<List<Way>, List<Range>> split = new LinkedHashMap<>();
        Partition.of(ways, way -> restricts(family, way.flow(), field))
                .forEach(part -> split.put(part.things(), part.ranges()));
        return split;
    }

    /** What a flow admits of a field; empty when that is everything. */
    private static List<Range> restricts(IpFamily family, Flow flow, Field field) {
        return switch (field) {
            case DESTINATION_PORT -> ports(flow.destinationPorts());
            case SOURCE_PORT -> ports(flow.sourcePorts());
            case SOURCE -> clients(family, flow);
        };
    }

    private static List<Range> ports(List<PortRange> ports) {
        return ports.contains(PortRange.ALL)
                ? List.of()
                : ports.stream().map(Range::of).toList();
    }

    private static List<Range> clients(IpFamily family, Flow flow) {
        if (flow.sources().stream().anyMatch(prefix -> prefix.family() == family && prefix.length() == 0)) {
            return List.of();
        }
        return flow.sources().stream()
                .filter(prefix -> prefix.family() == family)
                .map(Range::of)
                .toList();
    }

    /** Whether a flow takes packets of this family at all. */
    static boolean admits(Flow flow, IpFamily family) {
        return flow.sources().isEmpty() || flow.sources().stream().anyMatch(prefix -> prefix.family() == family);
    }

    private List<List<Expression>> compared(Field field, Map<Range, List<List<Expression>>> children) {
        List<List<Expression>> rules = new ArrayList<>();
        children.forEach((range, child) -> {
            Octets first = octets(field, range.first());
            Expression match = range.isSingle()
                    ? new Compare(R0, Comparison.EQUAL, first)
                    : new Within(R0, first, octets(field, range.last()));
            rules.addAll(prefixed(List.of(load(field), match), child));
        });
        return rules;
    }

    private List<List<Expression>> lookedUp(Field field, Map<Range, List<List<Expression>>> children) {
        List<Element> single = new ArrayList<>();
        List<Element> ranges = new ArrayList<>();
        SortedMap<BigInteger, Range> sorted = new TreeMap<>();
        children.keySet().forEach(range -> sorted.put(range.first(), range));
        for (Range range : sorted.values()) {
            String chain = chain(children.getOrDefault(range, List.of()));
            Octets first = octets(field, range.first());
            if (range.isSingle()) {
                single.add(Element.leads(first, chain));
            } else {
                ranges.add(Element.leads(first, chain));
                BigInteger next = range.last().add(BigInteger.ONE);
                if (next.compareTo(last(field)) <= 0) {
                    ranges.add(Element.end(octets(field, next)));
                }
            }
        }
        List<List<Expression>> rules = new ArrayList<>();
        if (!single.isEmpty()) {
            rules.add(List.of(load(field), new LookupVerdict(book.map(kind(field), datum(field), single), R0)));
        }
        if (!ranges.isEmpty()) {
            rules.add(List.of(load(field), new LookupVerdict(book.ranges(kind(field), datum(field), ranges), R0)));
        }
        return rules;
    }

    private Expression load(Field field) {
        return switch (field) {
            case DESTINATION_PORT -> view.vipPort(R0);
            case SOURCE -> view.client(R0);
            case SOURCE_PORT -> view.clientPort(R0);
        };
    }

    private Datum datum(Field field) {
        return switch (field) {
            case DESTINATION_PORT, SOURCE_PORT -> Datum.PORT;
            case SOURCE -> view.family() == IpFamily.IPV4 ? Datum.IPV4 : Datum.IPV6;
        };
    }

    private static String kind(Field field) {
        return switch (field) {
            case DESTINATION_PORT -> "by_port";
            case SOURCE -> "by_client";
            case SOURCE_PORT -> "by_client_port";
        };
    }

    private BigInteger last(Field field) {
        return switch (field) {
            case DESTINATION_PORT, SOURCE_PORT -> LAST_PORT;
            case SOURCE -> BigInteger.ONE.shiftLeft(view.family().bits()).subtract(BigInteger.ONE);
        };
    }

    private Octets octets(Field field, BigInteger number) {
        int length = field == Field.SOURCE ? view.family().bits() / 8 : PORT_BYTES;
        byte[] bytes = number.toByteArray();
        byte[] padded = new byte[length];
        int taken = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - taken, padded, length - taken, taken);
        return Octets.of(padded);
    }

    /** The rules behind a condition: in place if they are few. */
    private List<List<Expression>> prefixed(List<Expression> condition, List<List<Expression>> child) {
        if (child.isEmpty()) {
            return List.of();
        }
        List<List<Expression>> inline = child.size() <= INLINE ? child : List.of(List.of(new Goto(chain(child))));
        return inline.stream().map(rule -> ChainBook.rule(condition, rule)).toList();
    }

    /** A chain that has these rules; the one that they lead to at once if there is one. */
    private String chain(List<List<Expression>> rules) {
        if (rules.size() == 1
                && rules.getFirst().size() == 1
                && rules.getFirst().getFirst() instanceof Goto(String chain)) {
            return chain;
        }
        List<List<Expression>> whole = new ArrayList<>(rules);
        if (!end.isEmpty()) {
            whole.add(end);
        }
        return book.chain("flows", whole);
    }
}
