// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Backend;
import org.l34gateway.program.ByteMatch;
import org.l34gateway.program.Dealing;
import org.l34gateway.program.Evaluator;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Packet;
import org.l34gateway.program.PortRange;
import org.l34gateway.program.Protocol;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;
import org.l34gateway.program.TransportHeader;

/** Programs with routes that overlap in every way, and packets at their borders. Targets are those of {@link Programs}. */
final class RandomPrograms {
    private static final List<String> GROUPS = List.of("uid-a", "uid-b", "uid-c");
    private static final List<String> HOSTS = List.of("20.0.0.1", "20.0.0.2", "fd20::1", "fd20::2");
    /** Within each other, and around hosts. */
    private static final List<String> PREFIXES = List.of(
            "20.0.0.1",
            "20.0.0.2",
            "20.0.0.0/30",
            "20.0.0.64/26",
            "20.0.0.0/24",
            "fd20::1",
            "fd20::2",
            "fd20::/127",
            "fd20::/64");
    /** At the borders of these, the last of each family outside. */
    private static final List<String> DESTINATIONS = List.of(
            "20.0.0.0",
            "20.0.0.1",
            "20.0.0.2",
            "20.0.0.3",
            "20.0.0.4",
            "20.0.0.64",
            "20.0.0.255",
            "20.0.1.0",
            "fd20::",
            "fd20::1",
            "fd20::2",
            "fd20::5",
            "fd20:0:0:0:ffff::",
            "fd20:0:0:1::");

    private static final List<String> CLIENTS = List.of(
            "10.0.0.0/8",
            "10.1.0.0/16",
            "10.1.2.0/24",
            "10.1.2.3",
            "0.0.0.0/0",
            "30.0.0.0/24",
            "2001:db8::/32",
            "2001:db8:1::/48",
            "2001:db8::7",
            "::/0",
            "fd30::/64");
    private static final int[] BORDERS = {0, 1, 79, 80, 81, 443, 1023, 1024, 4000, 8079, 8080, 8090, 65_534, 65_535};
    private static final int[] SERVICE_PORTS = {80, 443, 4000};
    private static final int[] BYTES = {0, 0, 0, 0x10, 0x80, 0xFF};
    private static final List<Protocol> PROTOCOLS = List.of(Protocol.values());
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int[] NUMBERS = {ICMP, 6, 6, 6, 17, 17, 17, 47, ICMPV6, 132, 132};

    private final Random dice;

    RandomPrograms(Random dice) {
        this.dice = dice;
    }

    /** A program with up to this many routes. */
    ForwardingProgram program(int mostFlows) {
        List<String> vips = dice.nextBoolean() ? HOSTS : PREFIXES;
        List<TargetGroup> groups = new ArrayList<>();
        for (String key : GROUPS) {
            List<Target> targets = new ArrayList<>();
            for (int number = 1; number <= 4; number++) {
                if (dice.nextInt(4) > 0) {
                    targets.add(Programs.target(
                            number,
                            vips.stream().filter(_ -> dice.nextInt(5) > 0).toArray(String[]::new)));
                }
            }
            TargetGroup group = new TargetGroup(key, "ns/" + key, dice.nextInt(3) == 0 ? 16 : 8, targets);
            groups.add(dice.nextInt(4) == 0 ? group.dealt(Dealing.MAGLEV) : group);
        }
        List<Flow> flows = new ArrayList<>();
        int count = 1 + dice.nextInt(mostFlows);
        int servicesOfThree = 1 + dice.nextInt(3);
        for (int i = 0; i < count; i++) {
            String name = "ns/route-" + i;
            flows.add(dice.nextInt(3) < servicesOfThree ? service(name, vips) : flow(name, vips));
        }
        ForwardingProgram program = new ForwardingProgram(dice.nextLong(), groups, flows);
        return dice.nextBoolean() ? program : Programs.withDraining(program, _ -> dice.nextInt(3) == 0);
    }

    /** What becomes of a packet that begins nothing, when nothing is remembered: TCP belongs to a connection from before anybody drained. */
    static Evaluator.Outcome outcome(ForwardingProgram program, Packet packet) {
        boolean goesOn = packet.protocol() == Protocol.TCP.number();
        return Evaluator.decide(goesOn ? Programs.withDraining(program, _ -> false) : program, packet);
    }

    /** What a packet has met on its way to a target, of all that is in some programs only. */
    enum Met {
        BYTES,
        SERVICE,
        HOST_IN_PREFIX,
        PREFIX_IN_PREFIX,
        MAGLEV
    }

    /** Of a packet that reaches a target. */
    static Set<Met> met(ForwardingProgram program, Packet packet, Evaluator.Reaches reaches) {
        Set<Met> met = EnumSet.noneOf(Met.class);
        if (isOfService(program, packet)) {
            met.add(Met.SERVICE);
        }
        Set<IpPrefix> within = new TreeSet<>(Comparator.comparingInt(IpPrefix::length));
        for (Flow flow : program.flows()) {
            flow.destinations().stream()
                    .filter(vip -> vip.contains(packet.destination()))
                    .forEach(within::add);
            if (flow.name().equals(reaches.flow()) && !flow.byteMatches().isEmpty()) {
                met.add(Met.BYTES);
            }
        }
        if (within.size() > 1) {
            boolean host = within.stream().anyMatch(IpPrefix::isHost);
            met.add(host ? Met.HOST_IN_PREFIX : Met.PREFIX_IN_PREFIX);
        }
        program.groups().stream()
                .filter(group -> group.key().equals(reaches.group()))
                .filter(group ->
                        group.dealing() == Dealing.MAGLEV && group.targets().size() > 1)
                .forEach(_ -> met.add(Met.MAGLEV));
        return met;
    }

    private static boolean isOfService(ForwardingProgram program, Packet packet) {
        IpPrefix host = IpPrefix.host(packet.destination());
        return packet.hasPorts()
                && Forwarding.Routes.NONE.next(program.flows(), Testbed.INTERFACES.families()).services(host).stream()
                        .anyMatch(service -> service.protocol().number() == packet.protocol()
                                && service.port() == packet.destinationPort());
    }

    private Flow flow(String name, List<String> from) {
        Set<Protocol> protocols = protocols();
        List<IpPrefix> vips = vips(from);
        List<Backend> backends = new ArrayList<>();
        for (String group : GROUPS) {
            if (backends.isEmpty() || dice.nextInt(4) == 0) {
                backends.add(new Backend(group, dice.nextInt(4)));
            }
        }
        List<ByteMatch> byteMatches = dice.nextInt(3) > 0 ? List.of() : byteMatches();
        if (!byteMatches.isEmpty()) {
            protocols = EnumSet.of(byteMatches.getFirst().protocol());
        }
        return new Flow(
                name,
                dice.nextInt(3),
                vips,
                dice.nextBoolean()
                        ? List.of()
                        : some(CLIENTS, 4).stream().map(IpPrefix::parse).toList(),
                dice.nextInt(3) > 0 ? List.of() : ports(),
                dice.nextInt(4) == 0 ? List.of() : ports(),
                protocols,
                byteMatches,
                backends);
    }

    /** What most routes are: one look finds such a flow, if no other goes before it. */
    private Flow service(String name, List<String> from) {
        return new Flow(
                name,
                dice.nextInt(4),
                vips(from),
                List.of(),
                List.of(),
                List.of(PortRange.of(servicePort()), PortRange.of(servicePort())),
                protocols(),
                List.of(new Backend(GROUPS.get(dice.nextInt(GROUPS.size())), 1)));
    }

    private int servicePort() {
        return SERVICE_PORTS[dice.nextInt(SERVICE_PORTS.length)];
    }

    private Set<Protocol> protocols() {
        Set<Protocol> protocols = EnumSet.noneOf(Protocol.class);
        while (protocols.isEmpty()) {
            for (Protocol each : Protocol.values()) {
                if (dice.nextBoolean()) {
                    protocols.add(each);
                }
            }
        }
        return protocols;
    }

    private List<IpPrefix> vips(List<String> from) {
        List<String> vips = List.of();
        while (vips.isEmpty()) {
            vips = some(from, 2);
        }
        return vips.stream().map(IpPrefix::parse).toList();
    }

    private List<String> some(List<String> from, int oneIn) {
        return from.stream().filter(_ -> dice.nextInt(oneIn) == 0).toList();
    }

    private List<PortRange> ports() {
        List<PortRange> ranges = new ArrayList<>();
        int count = 1 + dice.nextInt(dice.nextInt(3) == 0 ? 12 : 2);
        for (int i = 0; i < count; i++) {
            int a = border();
            int b = dice.nextBoolean() ? a : border();
            ranges.add(new PortRange(Math.min(a, b), Math.max(a, b)));
        }
        return ranges;
    }

    /** Matches that hold together, as they are all about one header. */
    private List<ByteMatch> byteMatches() {
        Protocol protocol = PROTOCOLS.get(dice.nextInt(PROTOCOLS.size()));
        TransportHeader meant = TransportHeader.of(bytes(protocol.number()));
        List<ByteMatch> matches = new ArrayList<>();
        int count = 1 + dice.nextInt(2);
        while (matches.size() < count) {
            int length = 1 << dice.nextInt(3);
            int offset = dice.nextInt(protocol.headerBytes() - length + 1);
            long mask = dice.nextInt(3) == 0 ? ByteMatch.all(length) : 1L << dice.nextInt(8 * length);
            matches.add(new ByteMatch(protocol, offset, length, mask, meant.number(offset, length) & mask));
        }
        return matches;
    }

    private int border() {
        return BORDERS[dice.nextInt(BORDERS.length)];
    }

    /** A packet to one of the VIPs, or to another address. */
    Packet packet() {
        IpFamily family = dice.nextBoolean() ? IpFamily.IPV4 : IpFamily.IPV6;
        List<String> from = dice.nextBoolean() ? HOSTS : DESTINATIONS;
        List<IpAddress> addresses = from.stream()
                .map(IpAddress::parse)
                .filter(address -> address.family() == family)
                .toList();
        IpAddress destination = addresses.get(dice.nextInt(addresses.size()));
        int protocol = NUMBERS[dice.nextInt(NUMBERS.length)];
        return new Packet(client(family), destination, protocol, header(protocol));
    }

    /** Behind the ports any bytes, or the packet's end; such bytes are not seldom the ones that flows match. */
    private TransportHeader header(int protocol) {
        byte[] whole = bytes(protocol);
        return TransportHeader.of(dice.nextInt(8) > 0 ? whole : Arrays.copyOf(whole, 4 + dice.nextInt(16)));
    }

    private byte[] bytes(int protocol) {
        byte[] bytes = new byte[Protocol.TCP.headerBytes()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) BYTES[dice.nextInt(BYTES.length)];
        }
        switch (protocol) {
            case ICMP -> bytes[0] = 8; // echo request
            case ICMPV6 -> bytes[0] = (byte) 128;
            default -> ByteBuffer.wrap(bytes).putShort((short) port()).putShort((short) port());
        }
        return bytes;
    }

    private int port() {
        return switch (dice.nextInt(3)) {
            case 0 -> dice.nextInt(65_536);
            case 1 -> servicePort();
            default -> Math.clamp(border() + dice.nextInt(3) - 1, 0, 65_535);
        };
    }

    private IpAddress client(IpFamily family) {
        byte[] bytes = new byte[family.bits() / 8];
        dice.nextBytes(bytes);
        List<IpPrefix> prefixes = CLIENTS.stream()
                .map(IpPrefix::parse)
                .filter(prefix -> prefix.family() == family)
                .toList();
        IpPrefix inside = prefixes.get(dice.nextInt(prefixes.size()));
        byte[] begin = inside.address().toBytes();
        for (int bit = 0; bit < inside.length(); bit++) {
            int mask = 0x80 >> bit % 8;
            bytes[bit / 8] = (byte) ((bytes[bit / 8] & ~mask) | (begin[bit / 8] & mask));
        }
        // The complete way drops packets from where no packet may come, such as multicast.
        int first = bytes[0] & 0xFF;
        if (first == 0 || first == 127 || first >= 224) {
            bytes[0] = 99;
        }
        return IpAddress.of(bytes);
    }
}
