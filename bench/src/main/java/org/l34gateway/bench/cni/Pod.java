// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import java.nio.file.Path;
import org.l34gateway.bench.dataplane.Tool;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.Rtnetlink;

/** A pod's namespace as plugins in a chain find it: {@code lo} up, {@code net1} with 169.254.100.10/24. */
final class Pod implements AutoCloseable {
    static final String ADDRESS = "169.254.100.10/24";
    static final String GATEWAY = "169.254.100.1";
    static final String INTERFACE = "net1";

    private final String containerId;
    private final ScratchNetns netns = ScratchNetns.create();
    private final NetlinkSocket socket;
    private final Rtnetlink kernel;
    private final int index;

    /** @param containerId such as the runtime makes up */
    Pod(String containerId) {
        this.containerId = containerId;
        // Without IPv6: its routes come some time after the interface is up.
        Tool.ip(
                netns,
                "link add " + INTERFACE + " type veth peer name far",
                "link set " + INTERFACE + " addrgenmode none",
                "link set far addrgenmode none",
                "link set far up",
                "addr add " + ADDRESS + " dev " + INTERFACE,
                "link set " + INTERFACE + " up");
        this.socket = netns.call(NetlinkSocket::open);
        this.kernel = new Rtnetlink(socket);
        this.index = netns.link(INTERFACE).index();
    }

    String containerId() {
        return containerId;
    }

    Path netns() {
        return netns.path();
    }

    /** Gives {@code net1} the routes that it had at first, and no others: Go's sbr moves them, and its DEL leaves them. */
    void renewRoutes() {
        kernel.setUp(index, false);
        kernel.setUp(index, true);
    }

    @Override
    public void close() {
        socket.close();
        netns.close();
    }
}
