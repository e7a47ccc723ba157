// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;

/**
 * A conversation with the kernel: one request at a time, each answered before the call returns. Not for use by several
 * threads at once. All methods throw {@link KernelRefused} for answers other than the ones they return.
 */
public final class Rtnetlink {
    private static final int TRIES = 10;

    private final NetlinkPort port;
    /** The kernel fills up to 32 KiB with parts of a list (netlink_dump in af_netlink.c); other answers are small. */
    private final byte[] buffer = new byte[1 << 15];

    private int sequence;

    /** The port stays the caller's to close; its socket must have joined no groups. */
    public Rtnetlink(NetlinkPort port) {
        this.port = port;
    }

    /** Every interface, in order of index. */
    public List<Link> links() {
        return dump(MessageType.GETLINK, Link.class, out -> {
            out.u8(0).u8(0).u16(0).u32(0).u32(0).u32(0);
            out.attributeU32(29, 8); // IFLA_EXT_MASK: RTEXT_FILTER_SKIP_STATS
        });
    }

    /** The interface of this name, null when there is none. */
    public @Nullable Link link(String name) {
        for (Link link : links()) {
            if (link.name().equals(name)) {
                return link;
            }
        }
        return null;
    }

    /** Every address of both families. */
    public List<Address> addresses() {
        return dump(
                MessageType.GETADDR,
                Address.class,
                out -> out.u8(0).u8(0).u16(0).u32(0));
    }

    /** Every route of one family, in all tables. */
    public List<Route> routes(IpFamily family) {
        return routes(family, 0);
    }

    /** The routes of one family in one table; none when the table does not exist. 0 stands for all tables. */
    public List<Route> routes(IpFamily family, int table) {
        List<Route> found = dump(MessageType.GETROUTE, Route.class, out -> {
            out.u8(family.addressFamily()).u8(0).u8(0).u8(0);
            out.u8(table < 256 ? table : 0).u8(0).u8(0).u8(0).u32(0);
            if (table != 0) {
                out.attributeU32(15, table); // RTA_TABLE
            }
        });
        // Kernels filter only for sockets with NETLINK_GET_STRICT_CHK.
        found.removeIf(route -> route.family() != family || (table != 0 && route.table() != table));
        return found;
    }

    /** The rules of one family, in the order in which the kernel asks them. */
    public List<Rule> rules(IpFamily family) {
        return dump(
                MessageType.GETRULE,
                Rule.class,
                out -> out.u8(family.addressFamily()).u8(0).u16(0).u32(0).u32(0));
    }

    /** The neighbour tables of both families. */
    public List<Neighbour> neighbours() {
        return dump(
                MessageType.GETNEIGH, Neighbour.class, out -> out.u32(0).u32(0).u32(0));
    }

    /** What is known about a neighbour, null when there is no entry. Needs Linux 5.0. */
    public @Nullable Neighbour neighbour(int ifindex, IpAddress address) {
        String target = "neighbour " + address;
        send(MessageType.GETNEIGH, MessageType.FLAG_REQUEST, target, out -> {
            out.u8(address.family().addressFamily()).u8(0).u16(0).u32(ifindex).u32(0);
            out.attribute(1, address.toBytes()); // NDA_DST
        });
        while (true) {
            MessageReader datagram = receive(MessageType.GETNEIGH, target);
            for (int at = 0; at + 16 <= datagram.length(); at += (size(datagram, at) + 3) & ~3) {
                MessageReader message = datagram.part(at, size(datagram, at));
                if (message.u32(8) != sequence) {
                    continue; // the answer to a request that was given up
                }
                if (message.u16(4) == MessageType.ERROR) {
                    if (-message.u32(16) != Errno.ENOENT) {
                        refuse(MessageType.GETNEIGH, target, message);
                    }
                    return null;
                }
                return Neighbour.read(message.part(16, message.length() - 16));
            }
        }
    }

    /** Switches an interface on or off. */
    public void setUp(int ifindex, boolean up) {
        change(
                MessageType.NEWLINK,
                0,
                "link " + ifindex + (up ? " up" : " down"),
                out -> out.u32(0).u32(ifindex).u32(up ? 1 : 0).u32(1));
    }

    /** Makes a pair of virtual Ethernet interfaces, both down, in the socket's namespace. */
    public Change addVeth(String name, String peer) {
        return change(MessageType.NEWLINK, MessageType.FLAG_CREATE | MessageType.FLAG_EXCL, "veth " + name, out -> {
            out.u32(0).u32(0).u32(0).u32(0).attributeText(3, name); // IFLA_IFNAME
            int info = out.open(18); // IFLA_LINKINFO
            out.attributeText(1, "veth"); // IFLA_INFO_KIND
            int data = out.open(2); // IFLA_INFO_DATA
            int other = out.open(1); // VETH_INFO_PEER
            out.u32(0).u32(0).u32(0).u32(0).attributeText(3, peer);
            out.close(other);
            out.close(data);
            out.close(info);
        });
    }

    /** Moves an interface into the namespace behind an open file descriptor of this process. */
    public void moveTo(int ifindex, int netnsFd) {
        change(
                MessageType.NEWLINK,
                0,
                "link " + ifindex + " to netns fd " + netnsFd,
                out -> out.u32(0).u32(ifindex).u32(0).u32(0).attributeU32(28, netnsFd)); // IFLA_NET_NS_FD
    }

    public Change delete(Link link) {
        return change(
                MessageType.DELLINK,
                0,
                "link " + link.name(),
                out -> out.u32(0).u32(link.index()).u32(0).u32(0));
    }

    public Change add(Address address) {
        return change(
                MessageType.NEWADDR,
                MessageType.FLAG_CREATE | MessageType.FLAG_EXCL,
                address.toString(),
                address::write);
    }

    /** Adds the address, or changes flags, scope and protocol of the one that is there. */
    public Change replace(Address address) {
        return change(
                MessageType.NEWADDR,
                MessageType.FLAG_CREATE | MessageType.FLAG_REPLACE,
                address.toString(),
                address::write);
    }

    public Change delete(Address address) {
        return change(MessageType.DELADDR, 0, address.toString(), address::write);
    }

    public Change add(Route route) {
        return change(
                MessageType.NEWROUTE, MessageType.FLAG_CREATE | MessageType.FLAG_EXCL, route.toString(), route::write);
    }

    /** Adds the route, or puts it in the place of the one with the same table, destination and metric. */
    public Change replace(Route route) {
        return change(
                MessageType.NEWROUTE,
                MessageType.FLAG_CREATE | MessageType.FLAG_REPLACE,
                route.toString(),
                route::write);
    }

    public Change delete(Route route) {
        return change(MessageType.DELROUTE, 0, route.toString(), route::write);
    }

    public Change add(Rule rule) {
        return change(
                MessageType.NEWRULE, MessageType.FLAG_CREATE | MessageType.FLAG_EXCL, rule.toString(), rule::write);
    }

    /**
     * Adds a rule that is not there. The kernel does not look through all others for it, which makes thousands of rules slow;
     * one that is there comes twice.
     */
    public void addUnseen(Rule rule) {
        change(MessageType.NEWRULE, MessageType.FLAG_CREATE, rule.toString(), rule::write);
    }

    public Change delete(Rule rule) {
        return change(MessageType.DELRULE, 0, rule.toString(), rule::write);
    }

    /** Adds or changes an entry; with {@link Neighbour#STATE_PROBE} a probe starts. */
    public Change replace(Neighbour neighbour) {
        return change(
                MessageType.NEWNEIGH,
                MessageType.FLAG_CREATE | MessageType.FLAG_REPLACE,
                neighbour.toString(),
                neighbour::write);
    }

    public Change delete(Neighbour neighbour) {
        return change(MessageType.DELNEIGH, 0, neighbour.toString(), neighbour::write);
    }

    /**
     * Sets after how long without answer the kernel asks a neighbour on this interface again ({@code retrans_time_ms}).
     * Unlike the sysctl it needs no writable {@code /proc/sys}.
     *
     * @param millis at least 10: the kernel waits no shorter
     */
    public void setRetransTime(int ifindex, IpFamily family, int millis) {
        change(MessageType.SETNEIGHTBL, 0, "retrans time of link " + ifindex + " " + family, out -> {
            out.u8(family.addressFamily()).u8(0).u16(0);
            out.attributeText(1, family == IpFamily.IPV4 ? "arp_cache" : "ndisc_cache"); // NDTA_NAME
            int parameters = out.open(6); // NDTA_PARMS
            out.attributeU32(1, ifindex); // NDTPA_IFINDEX
            out.u16(12).u16(5).u32(millis).u32(0); // NDTPA_RETRANS_TIME, 64 bits
            out.close(parameters);
        });
    }

    private Change change(int type, int flags, String target, Consumer<MessageWriter> body) {
        send(type, MessageType.FLAG_REQUEST | MessageType.FLAG_ACK | flags, target, body);
        while (true) {
            MessageReader datagram = receive(type, target);
            for (int at = 0; at + 16 <= datagram.length(); at += (size(datagram, at) + 3) & ~3) {
                MessageReader message = datagram.part(at, size(datagram, at));
                if (message.u32(8) == sequence && message.u16(4) == MessageType.ERROR) {
                    return outcome(type, target, message);
                }
            }
        }
    }

    private static Change outcome(int type, String target, MessageReader message) {
        int errno = -message.u32(16);
        boolean deletes = (type & 3) == 1;
        return switch (errno) {
            case 0 -> Change.DONE;
            case Errno.EEXIST -> deletes ? refuse(type, target, message) : Change.ALREADY_THERE;
            case Errno.ENOENT, Errno.ESRCH, Errno.EADDRNOTAVAIL ->
                deletes ? Change.NOT_THERE : refuse(type, target, message);
            default -> refuse(type, target, message);
        };
    }

    private static Change refuse(int type, String target, MessageReader error) {
        throw new KernelRefused(MessageType.name(type), target, -error.u32(16), explanation(error));
    }

    /** The kernel's words in an error message (netlink_ext_ack), empty when there are none. */
    private static String explanation(MessageReader error) {
        int flags = error.u16(6);
        if ((flags & MessageType.FLAG_ACK_TLVS) == 0) {
            return "";
        }
        int quoted = (flags & MessageType.FLAG_CAPPED) != 0 ? 16 : error.u32(20);
        for (Attribute a : error.attributesAfter(20 + ((quoted + 3) & ~3))) {
            if (a.type() == 1) { // NLMSGERR_ATTR_MSG
                return a.text();
            }
        }
        return "";
    }

    private <T extends KernelObject> List<T> dump(int type, Class<T> kind, Consumer<MessageWriter> body) {
        for (int i = 0; i < TRIES; i++) {
            send(type, MessageType.FLAG_REQUEST | MessageType.FLAG_DUMP, "dump", body);
            List<T> found = new ArrayList<>();
            if (collect(type, kind, found)) {
                return found;
            }
        }
        throw new KernelRefused(MessageType.name(type), "dump, which changed " + TRIES + " times", Errno.EAGAIN);
    }

    /** Reads until the end of a list. False when the list changed meanwhile and must be asked for again. */
    private <T extends KernelObject> boolean collect(int type, Class<T> kind, List<T> found) {
        boolean consistent = true;
        while (true) {
            MessageReader datagram = receive(type, "dump");
            for (int at = 0; at + 16 <= datagram.length(); at += (size(datagram, at) + 3) & ~3) {
                MessageReader message = datagram.part(at, size(datagram, at));
                if (message.u32(8) != sequence) {
                    continue; // the answer to a request that was given up
                }
                consistent &= (message.u16(6) & MessageType.FLAG_DUMP_INTERRUPTED) == 0;
                int answer = message.u16(4);
                if (answer == MessageType.DONE || answer == MessageType.ERROR) {
                    int errno = -message.u32(16);
                    // Asked for a table that does not exist, a strict kernel says so; it is an empty list.
                    if (errno != 0 && errno != Errno.ENOENT) {
                        refuse(type, "dump", message);
                    }
                    return consistent;
                }
                @Nullable KernelObject object = MessageType.read(answer, message.part(16, message.length() - 16));
                if (kind.isInstance(object)) {
                    found.add(kind.cast(object));
                }
            }
        }
    }

    /** Length of the message at an offset, never less than its header, so that loops end. */
    private static int size(MessageReader datagram, int at) {
        return Math.max(16, Math.min(datagram.u32(at), datagram.length() - at));
    }

    private void send(int type, int flags, String target, Consumer<MessageWriter> body) {
        sequence++;
        MessageWriter out = new MessageWriter(type, flags, sequence);
        body.accept(out);
        byte[] message = out.finish();
        int sent;
        do {
            sent = port.send(message, out.length());
        } while (sent == -Errno.EINTR);
        if (sent < 0) {
            throw new KernelRefused(MessageType.name(type), target, -sent);
        }
    }

    private MessageReader receive(int type, String target) {
        int received;
        do {
            received = port.recv(buffer);
        } while (received == -Errno.EINTR);
        if (received < 0) {
            throw new KernelRefused(MessageType.name(type), target, -received);
        }
        return new MessageReader(buffer, 0, received);
    }
}
