// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.Sysctl;
import org.l34gateway.linux.nftables.Nftables;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.program.Evaluator;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Packet;
import org.l34gateway.program.Protocol;

/** Random programs and packets: the kernel sends each packet where the evaluator says, or nowhere if that says so. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class DifferentialKernelTest {
    /** {@code ./l34 soak} has 10,000 for each fast path; so many with -Ddifferential.programs=N. */
    private static final int PROGRAMS = Integer.getInteger("differential.programs", 40);

    private static final int PACKETS = 50;
    private static final int ETHERNET = 14;
    private static final short IPV4 = 0x0800;
    private static final short IPV6 = (short) 0x86DD;
    private static final int SOON_MILLIS = 2_000;
    private static final int QUIET_MILLIS = 30;

    @Tag("soak")
    @ParameterizedTest
    @EnumSource(FastPath.class)
    void kernel_and_evaluator_agree_about_every_packet(FastPath fastPath) {
        long seed = Long.getLong("seed", System.nanoTime());
        RandomPrograms random = new RandomPrograms(new Random(seed));
        long sentByStage = 0;
        try (Bed bed = new Bed(fastPath)) {
            for (int i = 0; i < PROGRAMS; i++) {
                ForwardingProgram program = random.program(8);
                List<Packet> packets = new ArrayList<>();
                for (int j = 0; j < PACKETS; j++) {
                    packets.add(random.packet());
                }
                // Nothing is handed over from one program to the next.
                bed.balancer.apply(ForwardingProgram.empty(0));
                bed.balancer.apply(program);
                Map<Integer, Integer> expected = new HashMap<>();
                for (int j = 0; j < PACKETS; j++) {
                    if (RandomPrograms.outcome(program, packets.get(j)) instanceof Evaluator.Reaches reaches) {
                        expected.put(j, reaches.identifier());
                    }
                }
                Map<Integer, Integer> reached = bed.send(packets, expected.size());
                for (int j = 0; j < PACKETS; j++) {
                    assertThat(reached.get(j))
                            .as("%s in %s, repeat with -Dseed=%d", packets.get(j), program, seed)
                            .isEqualTo(expected.get(j));
                }
                sentByStage += bed.sentByStage();
            }
        }
        assertThat(sentByStage > 0)
                .as("any by the stage, repeat with -Dseed=%d", seed)
                .isEqualTo(fastPath == FastPath.EBPF);
    }

    @Test
    void packets_that_the_fast_path_takes_reach_no_hook_behind_it() {
        try (Bed bed = new Bed(FastPath.ON)) {
            bed.balancer.apply(Programs.example(8, Set.of(1, 2, 3, 4)));
            Testbed.run(bed.gateway, "nft add table inet watch");
            Testbed.run(bed.gateway, "nft add chain inet watch c { type filter hook prerouting priority -400 ; }");
            Testbed.run(bed.gateway, "nft add rule inet watch c iifname ext th dport 4000 counter");
            List<Packet> packets = new ArrayList<>();
            for (String vip : List.of("20.0.0.1", "fd20::1")) {
                for (int port = 1; port <= 20; port++) {
                    packets.add(Packet.of(
                            Protocol.UDP,
                            IpAddress.parse(vip.contains(":") ? "fd30::1" : "30.0.0.1"),
                            port,
                            IpAddress.parse(vip),
                            Testbed.PORT));
                }
            }
            assertThat(bed.send(packets, packets.size())).hasSize(packets.size());
            assertThat(Testbed.run(bed.gateway, "nft list table inet watch")).contains("packets 0");
        }
    }

    /** outside -- ext gateway int -- inside, which is all four targets: each has a MAC address of its own. */
    private static final class Bed implements AutoCloseable {
        private final ScratchNetns outside = ScratchNetns.create();
        private final ScratchNetns gateway = ScratchNetns.create();
        private final ScratchNetns inside = ScratchNetns.create();
        private final RawLink sends;
        private final RawLink hears;
        private final byte[] gatewayMac;
        private final LoadBalancer balancer;

        Bed(FastPath fastPath) {
            for (ScratchNetns end : List.of(outside, inside)) {
                String near = end == outside ? "ext" : "int";
                Testbed.ip(end, "link add peer type veth peer name " + near + " netns " + gateway.path());
                Testbed.ip(end, "link set peer up");
                Testbed.ip(gateway, "link set " + near + " up");
            }
            Testbed.ip(gateway, "addr add 10.9.0.254/24 dev ext", "addr add 10.8.0.254/24 dev int");
            Testbed.ip(gateway, "addr add fd09::fe/64 dev ext nodad", "addr add fd08::fe/64 dev int nodad");
            for (int number = 1; number <= Testbed.TARGETS; number++) {
                String there = " lladdr 02:00:00:00:00:0" + number + " dev int nud permanent";
                Testbed.ip(gateway, "neigh add 10.8.0." + number + there, "neigh add fd08::" + number + there);
            }
            gateway.call(() -> {
                LoadBalancer.sysctls(Testbed.INTERFACES).forEach(Sysctl.SYSTEM::write);
                return null;
            });
            sends = RawLink.open(outside, "peer");
            hears = RawLink.open(inside, "peer");
            gatewayMac = Objects.requireNonNull(gateway.link("ext").mac()).toBytes();
            balancer = gateway.call(() -> LoadBalancer.open(Testbed.INTERFACES, fastPath, System::nanoTime));
        }

        /** Number of each packet that reached a target → the target's identifier. */
        Map<Integer, Integer> send(List<Packet> packets, int expected) {
            for (int i = 0; i < packets.size(); i++) {
                sends.send(frame(packets.get(i), i));
            }
            Map<Integer, Integer> reached = new HashMap<>();
            while (true) {
                Optional<byte[]> heard = hears.receive(reached.size() < expected ? SOON_MILLIS : QUIET_MILLIS);
                if (heard.isEmpty()) {
                    return reached;
                }
                ByteBuffer frame = ByteBuffer.wrap(heard.get());
                boolean ours = frame.getInt(0) == 0x02000000 && frame.get(4) == 0;
                if (ours) {
                    int number = frame.getShort(ETHERNET + (frame.getShort(12) == IPV4 ? 4 : 2)) & 0xFFFF;
                    assertThat(reached.put(number, frame.get(5) - 1))
                            .as("packet %d arrived twice", number)
                            .isNull();
                }
            }
        }

        /** Packets of the present program's flows. */
        long sentByStage() {
            return balancer.sentByStage().flows().values().stream()
                    .mapToLong(Nftables.Count::packets)
                    .sum();
        }

        /** The packet's number is its identification or flow label. */
        private byte[] frame(Packet packet, int number) {
            boolean ipv4 = packet.source().family() == IpFamily.IPV4;
            int header = ipv4 ? 20 : 40;
            int payload = packet.header().length();
            ByteBuffer frame = ByteBuffer.allocate(ETHERNET + header + payload);
            frame.put(gatewayMac).put(new byte[] {2, 0, 0, 0, 1, 1}).putShort(ipv4 ? IPV4 : IPV6);
            if (ipv4) {
                frame.putShort((short) 0x4500)
                        .putShort((short) (header + payload))
                        .putShort((short) number)
                        .putShort((short) 0);
                frame.put((byte) 64).put((byte) packet.protocol()).putShort((short) 0);
            } else {
                frame.putInt(0x60000000 | number)
                        .putShort((short) payload)
                        .put((byte) packet.protocol())
                        .put((byte) 64);
            }
            frame.put(packet.source().toBytes()).put(packet.destination().toBytes());
            if (ipv4) {
                int sum = 0;
                for (int at = ETHERNET; at < ETHERNET + header; at += 2) {
                    sum += frame.getShort(at) & 0xFFFF;
                }
                sum = (sum & 0xFFFF) + (sum >>> 16);
                frame.putShort(ETHERNET + 10, (short) ~((sum & 0xFFFF) + (sum >>> 16)));
            }
            frame.put(packet.header().toBytes());
            return frame.array();
        }

        @Override
        public void close() {
            balancer.close();
            sends.close();
            hears.close();
            outside.close();
            gateway.close();
            inside.close();
        }
    }
}
