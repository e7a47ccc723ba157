// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.Libc;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.NextHop;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.RouteProtocol;
import org.l34gateway.netlink.RouteType;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.netlink.Rule;

/**
 * A namespace that stands for a pod: {@code eth0} and {@code net1} with addresses, bind-mounted in a directory as a
 * container runtime does it. What it holds is told as texts.
 */
final class PodNetns implements AutoCloseable {
    /** The first one that the policy-route library chooses. */
    static final int TABLE = 5000;

    /** RTPROT_STATIC (linux/rtnetlink.h): an administrator's. */
    private static final int STATIC = 4;

    private final ScratchNetns netns = ScratchNetns.create();
    private final Path mount;

    /** @param mount is made; its name stands for the sandbox */
    PodNetns(Path mount, String eth0, String net1) {
        this.mount = mount;
        try {
            Files.createFile(mount);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        if (Libc.mount(netns.path().toString(), mount.toString(), null, Libc.MS_BIND) != 0) {
            throw new IllegalStateException("can not mount " + mount);
        }
        kernel(kernel -> {
            addInterface(kernel, "eth0", IpPrefix.parse(eth0), IpAddress.parse(eth0.substring(0, eth0.indexOf('/'))));
            addInterface(kernel, "net1", IpPrefix.parse(net1), IpAddress.parse(net1.substring(0, net1.indexOf('/'))));
            return 0;
        });
    }

    private static void addInterface(Rtnetlink kernel, String name, IpPrefix link, IpAddress address) {
        kernel.addVeth(name, name + "-far");
        for (String end : List.of(name, name + "-far")) {
            kernel.setUp(find(kernel, end).index(), true);
        }
        kernel.add(new Address(
                find(kernel, name).index(), address, link.length(), Address.SCOPE_UNIVERSE, 0, RouteProtocol.KERNEL));
    }

    private static Link find(Rtnetlink kernel, String name) {
        Link link = kernel.link(name);
        if (link == null) {
            throw new IllegalStateException("no " + name);
        }
        return link;
    }

    /** Of the mount, which stands for the sandbox. */
    String name() {
        return String.valueOf(mount.getFileName());
    }

    <T> T kernel(Function<Rtnetlink, T> work) {
        return netns.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                return work.apply(new Rtnetlink(socket));
            }
        });
    }

    /** Everything of ours, and what is in our table, sorted: {@code vip …}, {@code rule …}, {@code route … via …}. */
    SortedSet<String> holds() {
        return kernel(kernel -> {
            SortedSet<String> texts = new TreeSet<>();
            for (Address address : kernel.addresses()) {
                if (address.ifindex() == 1
                        && !IpPrefix.parse("127.0.0.0/8").contains(address.address())
                        && !address.address().equals(IpAddress.parse("::1"))) {
                    texts.add("vip " + address.prefix());
                }
            }
            for (IpFamily family : IpFamily.values()) {
                for (Rule rule : kernel.rules(family)) {
                    if (rule.protocol() == RouteProtocol.L34) {
                        texts.add("rule " + rule.source() + " " + rule.table());
                    }
                }
                for (Route route : kernel.routes(family)) {
                    if (route.protocol() == RouteProtocol.L34 || route.table() == TABLE) {
                        texts.add("route " + route.destination() + " " + route.table() + " " + route.type()
                                + gateways(route));
                    }
                }
            }
            return texts;
        });
    }

    private static String gateways(Route route) {
        List<String> texts = new ArrayList<>();
        route.nextHops().forEach(hop -> texts.add(" " + hop.gateway()));
        return String.join("", texts);
    }

    /** Takes the VIP off {@code lo}, as somebody with a shell would. */
    void loseVip(String vip) {
        kernel(kernel -> kernel.delete(Address.host(1, IpAddress.parse(vip))));
    }

    /** Removes our rules, as somebody with a shell would. */
    void loseRules() {
        kernel(kernel -> {
            kernel.rules(IpFamily.IPV4).stream()
                    .filter(rule -> rule.protocol() == RouteProtocol.L34)
                    .forEach(kernel::delete);
            return 0;
        });
    }

    /** Makes the pod remember a neighbour on net1 that is not there any more. */
    void remember(String neighbour) {
        kernel(kernel -> kernel.replace(new Neighbour(
                find(kernel, "net1").index(),
                IpAddress.parse(neighbour),
                org.l34gateway.netlink.MacAddress.parse("02:00:00:00:00:99"),
                Neighbour.STATE_STALE,
                0)));
    }

    /** Whether the pod has an entry for a neighbour. */
    boolean remembers(String neighbour) {
        return kernel(kernel -> kernel.neighbours().stream()
                .anyMatch(entry -> entry.address().equals(IpAddress.parse(neighbour)) && entry.mac() != null));
    }

    /** A kernel parameter, by its path below {@code /proc/sys}. */
    String parameter(String name) {
        return netns.call(() -> Files.readString(Path.of("/proc/sys", name)).strip());
    }

    /** Writes a kernel parameter. */
    void setParameter(String name, String value) {
        netns.call(() -> Files.writeString(Path.of("/proc/sys", name), value));
    }

    /** Removes every route from our table. */
    void flushTable() {
        kernel(kernel -> {
            for (IpFamily family : IpFamily.values()) {
                kernel.routes(family, TABLE).forEach(kernel::delete);
            }
            return 0;
        });
    }

    /** Puts a route by {@code eth0} into our table that has another protocol number than ours. */
    void divert(String destination) {
        IpPrefix prefix = IpPrefix.parse(destination);
        int scope = prefix.family() == IpFamily.IPV4 ? Address.SCOPE_LINK : Address.SCOPE_UNIVERSE;
        kernel(kernel -> kernel.add(new Route(
                prefix,
                TABLE,
                STATIC,
                RouteType.UNICAST,
                scope,
                List.of(NextHop.dev(find(kernel, "eth0").index())),
                1,
                null)));
    }

    /** The runtime removes the sandbox. */
    @Override
    public void close() {
        Libc.umount(mount.toString(), Libc.MNT_DETACH);
        try {
            Files.deleteIfExists(mount);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        netns.close();
    }
}
