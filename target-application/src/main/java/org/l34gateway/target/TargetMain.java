// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The example workload: {@code [--tcp 4000-4002] [--udp 4000,4100-4101] [--name NAME] [--drain 2s]}. Runs until
 * SIGTERM, then takes nothing new, lets open connections finish for the drain time and exits with 0.
 */
public final class TargetMain {
    /** A VIP is there before anybody sends to it, but not long before. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private TargetMain() {}

    /** Exits with 2 when an argument is wrong, with 1 when a TCP port cannot be bound. */
    public static void main(String[] args) throws Exception {
        Options options;
        List<Integer> tcp;
        Set<Integer> udp;
        Duration drain;
        try {
            options = Options.parse(args, Set.of("--tcp", "--udp", "--name", "--drain"));
            tcp = List.copyOf(Ports.parse(options.get("--tcp", "4000-4002")));
            udp = Ports.parse(options.get("--udp", "4000,4100-4101"));
            drain = Timeouts.parse(options.get("--drain", "2s"));
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.exit(2);
            return;
        }
        String name = options.get("--name", hostName());
        var udpServers = new UdpServers(udp, name);
        // First, because a readiness probe asks the TCP port.
        udpServers.follow(UdpServers.localAddresses());
        var servers = new ArrayList<TcpServer>();
        for (int port : tcp) servers.add(TcpServer.listen(port, name));

        var terminated = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(terminated, servers, udpServers, drain), "stop"));
        System.out.println("serving as " + name + " tcp=" + tcp + " udp=" + udp);
        do udpServers.follow(UdpServers.localAddresses());
        while (!terminated.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    }

    private static void stop(
            CountDownLatch terminated, List<TcpServer> servers, UdpServers udpServers, Duration drain) {
        terminated.countDown();
        try {
            for (var server : servers) server.stopListening();
            udpServers.close();
            Instant end = Instant.now().plus(drain);
            for (var server : servers) server.drained(Duration.between(Instant.now(), end));
        } catch (IOException | InterruptedException unclean) {
            System.err.println("stop: " + unclean);
        }
        // A SIGTERM is how this program ends, not a failure: without halt the JVM would exit with 143.
        Runtime.getRuntime().halt(0);
    }

    /** The kernel's host name of this UTS namespace, which is the pod's name. */
    private static String hostName() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    }
}
