// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.edits;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.l34gateway.balancer.Interfaces;
import org.l34gateway.balancer.LoadBalancer;
import org.l34gateway.bench.dataplane.Tool;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.Sysctl;
import org.l34gateway.linux.testing.PacketSocket;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.MacAddress;

/**
 * Three namespaces in a row, with a neighbour for each target's address: the kernel answers for it with a MAC address of its
 * own, so that what passes "in" says by its destination which target it reaches.
 *
 * <pre>
 * outside "out" -- "ext" balancer "int" -- "in" inside: 02:00:00:00:00:N has 10.8.0.N and fd08::N
 * </pre>
 */
final class Bed implements AutoCloseable {
    static final Interfaces INTERFACES = new Interfaces(Set.of("ext"), "int", EnumSet.allOf(IpFamily.class));

    private final ScratchNetns outside = ScratchNetns.create();
    private final ScratchNetns balancer = ScratchNetns.create();
    private final ScratchNetns inside = ScratchNetns.create();

    Bed(int addresses) {
        balancer.call(() -> {
            // As in gateway pods: the kernel asks for no IPv6 neighbour while an own address is checked.
            for (String group : List.of("all", "default")) {
                Sysctl.SYSTEM.write("net/ipv6/conf/" + group + "/accept_dad", "0");
            }
            return null;
        });
        Tool.ip(outside, "link add out type veth peer name ext netns " + balancer.path(), "link set out up");
        Tool.ip(inside, "link add in type veth peer name int netns " + balancer.path(), "link set in up");
        Tool.ip(balancer, "link set ext up", "link set int up");
        Tool.ip(balancer, "addr add 10.9.0.254/24 dev ext", "addr add 10.8.0.254/24 dev int");
        Tool.ip(balancer, "addr add fd09::fe/64 dev ext nodad", "addr add fd08::fe/64 dev int nodad");
        balancer.call(() -> {
            LoadBalancer.sysctls(INTERFACES).forEach(Sysctl.SYSTEM::write);
            return null;
        });
        inside.call(() -> {
            // Each answers for its own address only.
            Sysctl.SYSTEM.write("net/ipv4/conf/all/arp_ignore", "1");
            return null;
        });
        Tool.ip(
                inside,
                IntStream.rangeClosed(1, addresses)
                        .boxed()
                        .flatMap(Bed::neighbour)
                        .toArray(String[]::new));
    }

    private static Stream<String> neighbour(int number) {
        String name = "t" + number;
        return Stream.of(
                "link add %s link in address 02:00:00:00:00:%02x type macvlan mode bridge".formatted(name, number),
                "link set " + name + " up",
                "addr add " + Edits.address4(number) + "/24 dev " + name,
                "addr add " + Edits.address6(number) + "/64 dev " + name + " nodad");
    }

    /** Words that run a program where the balancer is. */
    List<String> besideBalancer(List<String> words) {
        List<String> all = new ArrayList<>(Tool.inside(balancer));
        all.addAll(words);
        return all;
    }

    /** MAC address of the outside end and of the balancer's. */
    List<MacAddress> wire() {
        return List.of(
                Objects.requireNonNull(outside.link("out").mac()),
                Objects.requireNonNull(balancer.link("ext").mac()));
    }

    /** A socket that sends whole frames to the balancer; the caller's to close. */
    int sender() {
        int index = outside.link("out").index();
        return outside.call(() -> PacketSocket.open(index, PacketSocket.SENDS));
    }

    /** A socket that hears all that passes the inner end; the caller's to close. */
    int listener() {
        int index = inside.link("in").index();
        return inside.call(() -> PacketSocket.open(index, PacketSocket.HEARS_ALL));
    }

    @Override
    public void close() {
        outside.close();
        balancer.close();
        inside.close();
    }
}
