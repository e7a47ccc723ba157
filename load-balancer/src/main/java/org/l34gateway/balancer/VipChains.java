// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.balancer.Forwarding.Share;
import org.l34gateway.balancer.Forwarding.Way;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Flow;
import org.l34gateway.program.FlowHash;
import org.l34gateway.program.Protocol;

/**
 * Writes the chains that a packet to a VIP goes through, from the choice of the flow to the mark of the target.
 *
 * <p>A TCP connection stays where it is when its slot moves to another target while its own is still there. While a
 * handover is under way, a SYN goes by the slot and its connection is remembered with the target; any other packet of a
 * connection that is not remembered began before, so it goes to the slot's former target and is remembered with that. Later
 * only what is remembered counts. The key is a second hash of the flow, which travels in the packet's priority (nothing on
 * these interfaces looks at that, and it is cleared again), with the ports: nft 1.0.6 mixes up its registers when a map
 * that packets fill has keys of more than 16 bytes.
 */
final class VipChains {
    /** Slots of the table that shares a flow between weighted backends. */
    private static final int SPLIT_SLOTS = 1 << 14;
    /** The split must not follow the slots, or a backend's targets would share its part unevenly. */
    private static final int SPLIT_SEED = 0x5F3759DF;

    /** The second hash must not follow the slots. */
    private static final int FLOW_SEED = 0x2545F491;

    private static final long FLOW_HASHES = 0xFFFF_FFFFL;
    private static final String CLEAR_PRIORITY = "meta priority set 0";
    private static final String DONE = CLEAR_PRIORITY + " accept";
    private static final String FLOW_KEY = "meta priority . th sport . th dport";
    private static final String BEGINS = "tcp flags & (syn | ack) == syn ";
    /** A connection that is silent for longer goes by its slot. */
    private static final String IDLE = "10m";
    /** A connection that has just begun; its next packet makes it {@link #IDLE}. */
    private static final String BEGUN = Handovers.WINDOW.toSeconds() + "s";
    /** What comes after a FIN or RST, time for each packet: the other side may still be sending. */
    private static final String ENDED = "10s";

    private static final String ENDS = "tcp flags & (fin | rst) != 0 ";

    private final ChainBook book;
    private final FlowHash hash;
    private final Slotting slotting;
    private final String noTarget;
    private final String noFlow;

    VipChains(ChainBook book, FlowHash hash, Slotting slotting) {
        this.book = book;
        this.hash = hash;
        this.slotting = slotting;
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
        String map = slotting.map(pool);
        String bySlot = slot(family, pool, input) + " " + target(map) + " accept";
        // Not found: the mark still holds the slot, which no routing rule may see.
        String nowhere = "goto " + noTarget;
        if (input != HashInput.PORTS || !slotting.remembers()) {
            return book.add("lookup", List.of(bySlot, nowhere));
        }
        List<String> rules = new ArrayList<>(remembered(family, map));
        @Nullable String former = slotting.former(map);
        if (former != null) {
            rules.addAll(handedOver(slot(family, pool, input), map, former));
        }
        rules.add(CLEAR_PRIORITY);
        rules.add(bySlot);
        rules.add(nowhere);
        return book.add(
                "lookup",
                List.of(
                        Matches.protocols("meta l4proto", Set.of(Protocol.TCP)) + "goto " + book.add("tcp", rules),
                        bySlot,
                        nowhere));
    }

    private String slot(IpFamily family, SlotPool pool, HashInput input) {
        return "meta mark set jhash " + input.expression(family) + " mod " + pool.slots() + " seed " + seed(hash.seed())
                + " offset " + Marks.SLOT_OFFSET;
    }

    private static String target(String map) {
        return "meta mark set meta mark map @" + map;
    }

    /**
     * A connection that is remembered with a target that is still there goes to it. One that ends is kept apart, or its last
     * acknowledgement would make it live on: another gateway pod has the next connection from that port perhaps, and when
     * it dies, that one must not meet what is remembered here.
     */
    private List<String> remembered(IpFamily family, String map) {
        return List.of(
                "meta priority set jhash " + HashInput.PORTS.expression(family) + " mod " + FLOW_HASHES + " seed "
                        + seed(hash.seed() ^ FLOW_SEED),
                // A client uses its ports again: what is remembered of an earlier connection must not outlive it.
                BEGINS + forget(TableText.FLOWS) + forget(TableText.ENDED_FLOWS),
                found(TableText.ENDED_FLOWS, map) + remember("update", TableText.ENDED_FLOWS, ENDED) + DONE,
                ENDS
                        + found(TableText.FLOWS, map)
                        + remember("update", TableText.ENDED_FLOWS, ENDED)
                        + forget(TableText.FLOWS)
                        + DONE,
                found(TableText.FLOWS, map) + remember("update", TableText.FLOWS, IDLE) + DONE);
    }

    private static String found(String flows, String map) {
        return "meta mark set " + FLOW_KEY + " map @" + flows + " meta mark @" + SlotMaps.liveOf(map) + " ";
    }

    /**
     * A packet that is not remembered goes to the former target. So must a SYN that finds no room in the memory: the kernel
     * may refuse one while it makes the memory's hash table larger, and the rest of its connection would not follow it. Slots
     * that have no former target have nothing to remember.
     */
    private static List<String> handedOver(String slot, String map, String former) {
        String isFormer = " meta mark @" + SlotMaps.liveOf(map) + " ";
        return List.of(
                slot,
                BEGINS + target(former) + isFormer + slot + " " + target(map) + " "
                        + remember("add", TableText.FLOWS, BEGUN) + DONE,
                slot,
                target(former) + isFormer + remember("update", TableText.FLOWS, IDLE) + DONE,
                isFormer.strip() + " " + DONE);
    }

    /** The value only says that this is a map. */
    private static String forget(String flows) {
        return "delete @" + flows + " { " + FLOW_KEY + " : 0 } ";
    }

    private static String remember(String verb, String flows, String time) {
        return verb + " @" + flows + " { " + FLOW_KEY + " timeout " + time + " : meta mark } ";
    }

    private static String seed(int seed) {
        return "0x" + Integer.toHexString(seed);
    }
}
