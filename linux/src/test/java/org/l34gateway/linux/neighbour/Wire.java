// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.neighbour;

import java.util.Objects;
import java.util.function.Function;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Netns;
import org.l34gateway.linux.testing.LinkChange;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Rtnetlink;

/** A wire from the test's namespace to a neighbour in another one. */
final class Wire {
    static final String V4 = "10.1.0.1";
    static final String V6 = "fd00::1";
    static final String LINK_LOCAL = "fe80::1";

    private Wire() {}

    /** Connects the test's namespace with the gateway's; both ends are net1. */
    static NetlinkSocket wire(ScratchNetns gateway) {
        NetlinkSocket socket = NetlinkSocket.open();
        Rtnetlink kernel = new Rtnetlink(socket);
        kernel.addVeth("net1", "far");
        try (Netns far = Netns.open(gateway.path())) {
            kernel.moveTo(link(kernel, "far"), far.fd());
        }
        inside(gateway, there -> {
            LinkChange.rename(link(there, "far"), "net1");
            there.setUp(link(there, "net1"), true);
            for (String text : new String[] {V4, V6, LINK_LOCAL}) {
                there.add(gatewayAddress(there, text));
            }
            return 0;
        });
        int net1 = link(kernel, "net1");
        kernel.setUp(net1, true);
        kernel.add(new Address(net1, IpAddress.parse("10.1.0.50"), 24, 0, 0, 0));
        kernel.add(new Address(net1, IpAddress.parse("fd00::50"), 64, 0, Address.FLAG_NODAD, 0));
        kernel.add(new Address(net1, IpAddress.parse("fe80::50"), 64, 0, Address.FLAG_NODAD, 0));
        return socket;
    }

    static Address gatewayAddress(Rtnetlink kernel, String text) {
        IpAddress address = IpAddress.parse(text);
        boolean v4 = address.family() == IpFamily.IPV4;
        return new Address(link(kernel, "net1"), address, v4 ? 24 : 64, 0, v4 ? 0 : Address.FLAG_NODAD, 0);
    }

    static int link(Rtnetlink kernel, String name) {
        return Objects.requireNonNull(kernel.link(name), name).index();
    }

    static <T> T inside(ScratchNetns netns, Function<Rtnetlink, T> work) {
        return netns.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                return work.apply(new Rtnetlink(socket));
            }
        });
    }
}
