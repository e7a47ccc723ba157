// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.Sysctl;
import org.l34gateway.linux.testing.ScratchNetns;

/**
 * A gateway pod with an outside and an inside, in namespaces of their own:
 *
 * <pre>
 * client 30.0.0.1 c0 -- r1 .254 router 10.9.0.1 r0 -- ext .254 gateway .254 int -- bridge -- net1 10.8.0.1..4 targets
 *                                                              gateway eth0 10.7.0.254 -- cluster 10.7.0.1 (primary network)
 * </pre>
 *
 * IPv6 alike: fd30::1, fd09::, fd08::, fd07::. VIPs 20.0.0.1 and fd20::1 are on each target's lo. Client addresses are found in table 4096 only,
 * where BIRD would have put a default route.
 */
final class Testbed implements AutoCloseable {
    static final int PORT = 4000;
    static final int TARGETS = 4;
    static final Interfaces INTERFACES = new Interfaces(Set.of("ext"), "int", Set.of(IpFamily.IPV4, IpFamily.IPV6));

    private final List<AutoCloseable> opened = new ArrayList<>();
    final ScratchNetns client = netns();
    final ScratchNetns router = netns();
    final ScratchNetns gateway = netns();
    final ScratchNetns cluster = netns();
    final ScratchNetns bridge = netns();
    final List<ScratchNetns> targets = new ArrayList<>();

    Testbed() {
        link(client, "c0", router, "r1");
        link(gateway, "eth0", cluster, "p0");
        link(gateway, "int", bridge, "g0");
        ip(bridge, "link add br0 type bridge", "link set br0 up", "link set g0 master br0");
        ip(client, "addr add 30.0.0.1/24 dev c0", "addr add fd30::1/64 dev c0 nodad");
        ip(client, "route add default via 30.0.0.254", "route add default via fd30::fe");
        ip(router, "addr add 30.0.0.254/24 dev r1", "addr add fd30::fe/64 dev r1 nodad");
        forward(router);
        ip(gateway, "addr add 10.8.0.254/24 dev int", "addr add fd08::fe/64 dev int nodad");
        ip(gateway, "addr add 10.7.0.254/24 dev eth0", "addr add fd07::fe/64 dev eth0 nodad");
        ip(cluster, "addr add 10.7.0.1/24 dev p0", "addr add fd07::1/64 dev p0 nodad");
        ip(gateway, "route add default via 10.7.0.1", "route add default via fd07::1");
        connectRouter();
        for (int i = 1; i <= TARGETS; i++) {
            addTarget(i);
        }
    }

    /** Makes the link between router and gateway, and what goes with it. */
    void connectRouter() {
        link(router, "r0", gateway, "ext");
        ip(router, "addr add 10.9.0.1/24 dev r0", "addr add fd09::1/64 dev r0 nodad");
        ip(router, "route add default via 10.9.0.254", "route add default via fd09::fe");
        ip(gateway, "addr add 10.9.0.254/24 dev ext", "addr add fd09::fe/64 dev ext nodad");
        learnDefaultRoutes();
        gateway.call(() -> {
            LoadBalancer.sysctls(INTERFACES).forEach(Sysctl.SYSTEM::write);
            return null;
        });
    }

    /** Also without a check for duplicates an IPv6 address is tentative, and not to be bound to, until the kernel's worker had time. */
    private void addTarget(int number) {
        ScratchNetns target = netns();
        targets.add(target);
        link(target, "net1", bridge, "p" + number);
        ip(bridge, "link set p" + number + " master br0");
        ip(target, "addr add 10.8.0." + number + "/24 dev net1", "addr add fd08::" + number + "/64 dev net1 nodad");
        ip(target, "addr add 20.0.0.1/32 dev lo", "addr add fd20::1/128 dev lo nodad");
        ip(target, "rule add from 20.0.0.1 lookup 5000", "-6 rule add from fd20::1 lookup 5000");
        ip(target, "route add default via 10.8.0.254 table 5000", "route add default via fd08::fe table 5000");
        target.call(() -> {
            Sysctl.SYSTEM.write("net/ipv4/conf/all/rp_filter", "0");
            Sysctl.SYSTEM.write("net/ipv4/conf/net1/rp_filter", "0");
            for (String vip : List.of("20.0.0.1", "fd20::1")) {
                serveTcp(new ServerSocket(PORT, 200, InetAddress.getByName(vip)), number);
                serveUdp(new DatagramSocket(PORT, InetAddress.getByName(vip)), number);
            }
            return null;
        });
    }

    /** Lets every target hold a prefix as VIP, and serve these addresses of it. */
    void hold(String prefix, List<String> addresses) {
        String ip = prefix.contains(":") ? "-6 " : "";
        for (int i = 0; i < targets.size(); i++) {
            int number = i + 1;
            ip(targets.get(i), ip + "route add local " + prefix + " dev lo");
            ip(targets.get(i), ip + "rule add from " + prefix + " lookup 5000");
            targets.get(i).call(() -> {
                // IPv6 lets a socket bind to what is on no interface only then.
                Sysctl.SYSTEM.write("net/ipv6/ip_nonlocal_bind", "1");
                for (String address : addresses) {
                    serveTcp(new ServerSocket(PORT, 200, InetAddress.getByName(address)), number);
                    serveUdp(new DatagramSocket(PORT, InetAddress.getByName(address)), number);
                }
                return null;
            });
        }
    }

    /** The gateway's counters, from now on. */
    KernelCounters counters() {
        return gateway.call(() -> KernelCounters.open(INTERFACES.families()));
    }

    /** Puts default routes where BIRD would. */
    void learnDefaultRoutes() {
        ip(gateway, "route add default via 10.9.0.1 table 4096", "route add default via fd09::1 table 4096");
    }

    /** Empties BIRD's table. */
    void forgetDefaultRoutes() {
        ip(gateway, "route flush table 4096", "-6 route flush table 4096");
    }

    private ScratchNetns netns() {
        ScratchNetns netns = ScratchNetns.create();
        opened.add(netns);
        netns.call(() -> {
            useAddressesAtOnce();
            return null;
        });
        return netns;
    }

    /**
     * In the calling thread's namespace, as gateway pods do it: otherwise link-local addresses become the pod's own while a
     * test runs, and that is news.
     */
    static void useAddressesAtOnce() {
        Sysctl.SYSTEM.write("net/ipv6/conf/all/accept_dad", "0");
        Sysctl.SYSTEM.write("net/ipv6/conf/default/accept_dad", "0");
    }

    private static void forward(ScratchNetns netns) {
        netns.call(() -> {
            Sysctl.SYSTEM.write("net/ipv4/ip_forward", "1");
            Sysctl.SYSTEM.write("net/ipv6/conf/all/forwarding", "1");
            return null;
        });
    }

    private static void link(ScratchNetns a, String aName, ScratchNetns b, String bName) {
        ip(a, "link add " + aName + " type veth peer name " + bName + " netns " + b.path());
        ip(a, "link set " + aName + " up");
        ip(b, "link set " + bName + " up");
    }

    /** Runs commands of ip(8) inside a namespace. */
    static void ip(ScratchNetns netns, String... commands) {
        for (String command : commands) {
            run(netns, "ip " + command);
        }
    }

    /** Runs a command inside a namespace; returns what it wrote. */
    static String run(ScratchNetns netns, String command) {
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=" + netns.path()));
        words.addAll(Arrays.asList(command.split(" ")));
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + output);
            }
            return output;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Takes "SENDS WANTS" in 8 characters each, takes that many bytes, answers its number and that many bytes. */
    private void serveTcp(ServerSocket server, int number) {
        opened.add(server);
        Thread.ofVirtual().start(() -> {
            while (true) {
                try {
                    Socket connection = server.accept();
                    Thread.ofVirtual().start(() -> answer(connection, number));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    private static void answer(Socket connection, int number) {
        try (connection) {
            int sends = Integer.parseInt(new String(connection.getInputStream().readNBytes(8), UTF_8).strip());
            int wants = Integer.parseInt(new String(connection.getInputStream().readNBytes(8), UTF_8).strip());
            connection.getInputStream().readNBytes(sends);
            byte[] answer = new byte[1 + wants];
            answer[0] = (byte) number;
            connection.getOutputStream().write(answer);
        } catch (IOException ignored) {
            // The client sees it.
        }
    }

    /** Answers with the target's number and the length of the datagram that it got. */
    private void serveUdp(DatagramSocket server, int number) {
        opened.add(server);
        Thread.ofVirtual().start(() -> {
            byte[] buffer = new byte[65_536];
            while (true) {
                try {
                    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                    server.receive(packet);
                    byte[] answer = new byte[packet.getLength()];
                    answer[0] = (byte) number;
                    server.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    /** Which target took a TCP connection that carried this many bytes there and back. */
    int tcp(String vip, int sends, int wants) throws IOException {
        try (Socket socket = clientSocket()) {
            socket.setSoTimeout(10_000);
            socket.connect(new InetSocketAddress(vip, PORT), 5_000);
            byte[] request = Arrays.copyOf("%8d%8d".formatted(sends, wants).getBytes(UTF_8), 16 + sends);
            socket.getOutputStream().write(request);
            byte[] answer = socket.getInputStream().readAllBytes();
            if (answer.length != 1 + wants) {
                throw new IOException("want " + (1 + wants) + " bytes, got " + answer.length);
            }
            return answer[0];
        }
    }

    /** Opens connections and says nothing on them. */
    List<Socket> connect(String vip, int count) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Socket socket = clientSocket();
            socket.setSoTimeout(10_000);
            socket.connect(new InetSocketAddress(vip, PORT), 5_000);
            sockets.add(socket);
        }
        return sockets;
    }

    /** Which target took the connection, which carries this many bytes there and back. */
    static int ask(Socket socket, int sends, int wants) throws IOException {
        askFirstHalf(socket, wants);
        return askSecondHalf(socket, sends);
    }

    /** Says how much is wanted, and not yet all that the target waits for. */
    static void askFirstHalf(Socket socket, int wants) throws IOException {
        socket.getOutputStream().write("%8d%8d".formatted(10, wants).getBytes(UTF_8));
    }

    /** Says the rest and reads who answers. */
    static int askSecondHalf(Socket socket, int sends) throws IOException {
        socket.getOutputStream().write(new byte[sends]);
        byte[] answer = socket.getInputStream().readAllBytes();
        if (answer.length == 0) {
            throw new IOException("closed without an answer");
        }
        return answer[0];
    }

    /** Opens a connection from this port. */
    Socket connectFrom(int port, String vip) throws IOException {
        Socket socket = clientSocket(port);
        socket.setSoTimeout(10_000);
        socket.connect(new InetSocketAddress(vip, PORT), 5_000);
        return socket;
    }

    private Socket clientSocket() {
        return clientSocket(0);
    }

    private Socket clientSocket(int port) {
        return client.call(() -> {
            Socket socket = new Socket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
            opened.add(socket);
            return socket;
        });
    }

    /** Opens a client's UDP socket on a port of its choice. */
    DatagramSocket udpSocket(String vip) {
        return client.call(() -> {
            DatagramSocket socket =
                    new DatagramSocket(0, InetAddress.getByName(vip.contains(":") ? "fd30::1" : "30.0.0.1"));
            opened.add(socket);
            return socket;
        });
    }

    /** Which target answers a datagram of this size, if one does in time; the answer has the same size. */
    static Optional<Integer> udp(DatagramSocket socket, String vip, int bytes, int timeoutMillis) {
        try {
            socket.setSoTimeout(timeoutMillis);
            socket.send(new DatagramPacket(new byte[bytes], bytes, new InetSocketAddress(vip, PORT)));
            DatagramPacket answer = new DatagramPacket(new byte[65_536], 65_536);
            socket.receive(answer);
            return answer.getLength() == bytes ? Optional.of((int) answer.getData()[0]) : Optional.empty();
        } catch (SocketTimeoutException | SocketException nothing) {
            return Optional.empty();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        for (AutoCloseable each : opened.reversed()) {
            try {
                each.close();
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        }
    }
}
