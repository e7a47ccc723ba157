// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.l34gateway.balancer.Forwarding.Share;
import org.l34gateway.balancer.Forwarding.Way;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Flow;
import org.l34gateway.program.FlowHash;
import org.l34gateway.program.Protocol;

/** Writes the chains that a packet to a VIP goes through, from the choice of the flow to the mark of the target. */
final class VipChains {
    /** Slots of the table that shares a flow between weighted backends. */
    private static final int SPLIT_SLOTS = 1 << 14;
    /** The split must not follow the slots, or a backend's targets would share its part unevenly. */
    private static final int SPLIT_SEED = 0x5F3759DF;

    private final ChainBook book;
    private final FlowHash hash;
    private final Map<SlotPool, String> mapNames;
    private final String noTarget;
    private final String noFlow;

    /** @param mapNames the slot map of each pool that has targets */
    VipChains(ChainBook book, FlowHash hash, Map<SlotPool, String> mapNames) {
        this.book = book;
        this.hash = hash;
        this.mapNames = mapNames;
        this.noTarget = book.add("no_target", List.of("counter drop"));
        this.noFlow = book.add("no_flow", List.of("counter drop"));
    }

    /** The chain for a VIP with these flows; VIPs with equal flows and targets get the same. */
    String vip(IpFamily family, List<Way> ways) {
        List<String> rules = new ArrayList<>();
        rules.add(errors(family) + "goto " + book.add("errors", quoted(family, ways)));
        rules.add(Matches.protocols("meta l4proto", EnumSet.allOf(Protocol.class)) + "goto "
                + book.add("ports", direct(family, ways)));
        rules.addAll(byAddresses(family, ways, HashInput.ADDRESSES));
        rules.add("goto " + noFlow);
        return book.add("vip", rules);
    }

    /** Matches the ICMP errors that quote a packet of a flow. */
    static String errors(IpFamily family) {
        return switch (family) {
            case IPV4 -> "icmp type { destination-unreachable, time-exceeded, parameter-problem } ";
            case IPV6 -> "icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem } ";
        };
    }

    private List<String> direct(IpFamily family, List<Way> ways) {
        List<String> rules = new ArrayList<>();
        for (Way way : ways) {
            Flow flow = way.flow();
            if (!reaches(flow, family)) {
                continue;
            }
            String match = Matches.source(clients(flow, family), family)
                    + Matches.ports("th sport", flow.sourcePorts())
                    + Matches.ports("th dport", flow.destinationPorts());
            for (Set<Protocol> protocols : byHash(flow.protocols())) {
                HashInput input = protocols.contains(Protocol.SCTP) ? HashInput.SCTP : HashInput.PORTS;
                rules.add(Matches.protocols("meta l4proto", protocols) + match + pick(family, way, input));
            }
        }
        rules.add("goto " + noFlow);
        return rules;
    }

    private List<String> quoted(IpFamily family, List<Way> ways) {
        boolean ipv4 = family == IpFamily.IPV4;
        // The places of the ports are known only behind an IPv4 header without options and an IPv6 header without
        // extensions.
        String plainHeader = ipv4 ? "@th,64,8 0x45 " : "";
        String protocol = ipv4 ? "@th,136,8" : "@th,112,8";
        List<String> rules = new ArrayList<>();
        for (Way way : ways) {
            Flow flow = way.flow();
            if (!reaches(flow, family)) {
                continue;
            }
            String match = Matches.quotedClient(clients(flow, family), family)
                    + Matches.ports(ipv4 ? "@th,224,16" : "@th,384,16", flow.destinationPorts())
                    + Matches.ports(ipv4 ? "@th,240,16" : "@th,400,16", flow.sourcePorts());
            for (Set<Protocol> protocols : byHash(flow.protocols())) {
                HashInput input = protocols.contains(Protocol.SCTP) ? HashInput.QUOTED_SCTP : HashInput.QUOTED_PORTS;
                rules.add(plainHeader + Matches.protocols(protocol, protocols) + match + pick(family, way, input));
            }
        }
        rules.add(plainHeader + Matches.protocols(protocol, EnumSet.allOf(Protocol.class)) + "goto " + noFlow);
        rules.addAll(byAddresses(family, ways, HashInput.QUOTED_ADDRESSES));
        rules.add("goto " + noFlow);
        return rules;
    }

    /** Ping and other protocols: the first flow that admits the client takes them, whatever its ports. */
    private List<String> byAddresses(IpFamily family, List<Way> ways, HashInput input) {
        List<String> rules = new ArrayList<>();
        for (Way way : ways) {
            if (reaches(way.flow(), family)) {
                List<IpPrefix> clients = clients(way.flow(), family);
                String match = input == HashInput.ADDRESSES
                        ? Matches.source(clients, family)
                        : Matches.quotedClient(clients, family);
                rules.add(match + pick(family, way, input));
                if (match.isEmpty()) {
                    break;
                }
            }
        }
        return rules;
    }

    private static boolean reaches(Flow flow, IpFamily family) {
        return flow.sources().isEmpty() || !clients(flow, family).isEmpty();
    }

    private static List<IpPrefix> clients(Flow flow, IpFamily family) {
        return Matches.outermost(flow.sources(), family);
    }

    /** TCP and UDP together, SCTP apart: only what hashes alike can share a rule. */
    private static List<Set<Protocol>> byHash(Set<Protocol> protocols) {
        Set<Protocol> withAddresses = EnumSet.copyOf(protocols);
        withAddresses.remove(Protocol.SCTP);
        List<Set<Protocol>> parts = new ArrayList<>();
        if (!withAddresses.isEmpty()) {
            parts.add(withAddresses);
        }
        if (protocols.contains(Protocol.SCTP)) {
            parts.add(EnumSet.of(Protocol.SCTP));
        }
        return parts;
    }

    private String pick(IpFamily family, Way way, HashInput input) {
        List<Share> shares = way.shares();
        return "goto "
                + switch (shares.size()) {
                    case 0 -> noTarget;
                    case 1 -> lookup(family, shares.getFirst().pool(), input);
                    default -> split(family, shares, input);
                };
    }

    /** A backend without targets keeps its share, which is dropped: that is what the Gateway API asks for. */
    private String split(IpFamily family, List<Share> shares, HashInput input) {
        long total = shares.stream().mapToLong(Share::weight).sum();
        List<String> rules = new ArrayList<>();
        rules.add("meta mark set jhash " + input.expression(family) + " mod " + SPLIT_SLOTS + " seed "
                + seed(hash.seed() ^ SPLIT_SEED) + " offset " + Marks.SLOT_OFFSET);
        long before = 0;
        for (Share share : shares) {
            long first = before * SPLIT_SLOTS / total;
            before += share.weight();
            long last = before * SPLIT_SLOTS / total - 1;
            if (first <= last) {
                rules.add("meta mark " + (Marks.SLOT_OFFSET + first) + "-" + (Marks.SLOT_OFFSET + last) + " goto "
                        + lookup(family, share.pool(), input));
            }
        }
        return book.add("split", rules);
    }

    private String lookup(IpFamily family, SlotPool pool, HashInput input) {
        if (pool.isEmpty()) {
            return noTarget;
        }
        return book.add(
                "lookup",
                List.of(
                        "meta mark set jhash " + input.expression(family) + " mod " + pool.slots() + " seed "
                                + seed(hash.seed()) + " offset " + Marks.SLOT_OFFSET + " meta mark set meta mark map @"
                                + mapNames.get(pool) + " accept",
                        // Not found: the mark still holds the slot, which no routing rule may see.
                        "goto " + noTarget));
    }

    private static String seed(int seed) {
        return "0x" + Integer.toHexString(seed);
    }
}
