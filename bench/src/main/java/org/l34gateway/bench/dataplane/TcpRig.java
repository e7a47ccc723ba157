// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.balancer.FastPath;
import org.l34gateway.balancer.LoadBalancer;
import org.l34gateway.linux.Sysctl;
import org.l34gateway.linux.testing.ScratchNetns;

/**
 * Three namespaces in a row, with a client and a server that holds the VIP.
 *
 * <pre>
 * client 30.0.0.1 "out" 10.9.0.1 -- "ext" .254 gateway 10.8.255.254 "int" -- "in" 10.8.0.1 target 20.0.0.0
 * </pre>
 */
final class TcpRig implements AutoCloseable {
    private static final String VIP = "20.0.0.0";

    private final ScratchNetns client = ScratchNetns.create();
    private final ScratchNetns gateway = ScratchNetns.create();
    private final ScratchNetns target = ScratchNetns.create();
    private @Nullable LoadBalancer balancer;

    private TcpRig() {
        Tool.ip(
                client,
                "link add out type veth peer name ext netns " + gateway.path(),
                "link set out up",
                "addr add 10.9.0.1/24 dev out",
                "addr add 30.0.0.1/32 dev lo");
        Tool.ip(
                target,
                "link add in type veth peer name int netns " + gateway.path(),
                "link set in up",
                "addr add 10.8.0.1/16 dev in",
                "addr add " + VIP + "/32 dev lo",
                "route add default via 10.8.255.254");
        Tool.ip(
                gateway,
                "link set ext up",
                "link set int up",
                "addr add 10.9.0.254/24 dev ext",
                "addr add 10.8.255.254/16 dev int");
        Tool.ip(client, "route add 20.0.0.0/8 via 10.9.0.254 src 30.0.0.1");
        gateway.call(() -> {
            LoadBalancer.sysctls(Rig.INTERFACES).forEach(Sysctl.SYSTEM::write);
            return null;
        });
    }

    /** The gateway is a router. */
    static TcpRig forwarding() {
        TcpRig rig = new TcpRig();
        Tool.ip(rig.gateway, "route add 20.0.0.0/8 via 10.8.0.1", "route add 30.0.0.0/8 via 10.9.0.1");
        return rig;
    }

    /** The gateway balances. */
    static TcpRig balancing(Scenario scenario, FastPath fastPath) {
        TcpRig rig = new TcpRig();
        Tool.ip(rig.gateway, "route add default via 10.9.0.1 table 4096");
        LoadBalancer ours = rig.gateway.call(() -> LoadBalancer.open(Rig.INTERFACES, fastPath, System::nanoTime));
        rig.balancer = ours;
        List<String> problems = ours.apply(scenario.program()).problems();
        if (!problems.isEmpty()) {
            throw new IllegalStateException("not everything is forwarded: " + problems);
        }
        return rig;
    }

    /** A server at the VIP. */
    ServerSocketChannel listen() {
        return target.call(() -> ServerSocketChannel.open().bind(new InetSocketAddress(VIP, Scenario.PORT)));
    }

    SocketChannel connect(InetSocketAddress server) {
        return client.call(() -> SocketChannel.open(server));
    }

    @Override
    public void close() {
        LoadBalancer ours = balancer;
        if (ours != null) {
            ours.close();
        }
        client.close();
        gateway.close();
        target.close();
    }
}
