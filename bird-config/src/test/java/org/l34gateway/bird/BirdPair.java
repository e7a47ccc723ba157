// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * A gateway pod and an outside router, each a BIRD process in a network namespace of its own, on one link {@code e0}:
 * 169.254.100.1 and 100:100::1 for the gateway, .150 and ::150 for the router.
 */
final class BirdPair {
    /** As the reference's routers are: passive, any neighbour, both default routes; with waits that suit a test. */
    private static final String ROUTER = """
            log stderr all;
            router id 10.1.1.1;
            protocol device {}
            protocol bfd { interface "*" { passive on; }; }
            protocol static d4 { ipv4 { preference 110; }; route 0.0.0.0/0 blackhole; route 66.0.0.0/8 blackhole; }
            protocol static d6 { ipv6 { preference 110; }; route ::/0 blackhole; }
            template bgp gateways { hold time 90; bfd on; direct; error wait time 1, 2; }
            protocol bgp gw4 from gateways {
              local port 10179 as 4248829953;
              neighbor range 0.0.0.0/0 port 10179 as 8103;
              ipv4 { import all; export where source = RTS_STATIC; next hop self; };
            }
            protocol bgp gw6 from gateways {
              local port 10179 as 4248829953;
              neighbor range ::/0 port 10179 as 8103;
              ipv6 { import all; export where source = RTS_STATIC; next hop self; };
            }
            """;

    private final String suffix = Long.toHexString(System.nanoTime());
    private final String gatewaySpace = "l34-bird-gw-" + suffix;
    private final String routerSpace = "l34-bird-rt-" + suffix;
    private final List<Process> birds = new ArrayList<>();
    private final Path directory;
    final BirdDirectory shared;
    private final BirdDirectory routerDirectory;
    final BirdControl router;

    BirdPair(Path directory) throws Exception {
        assumeTrue(
                Files.isWritable(Path.of("/proc/sys/net/ipv4/ip_forward")), "no root: network namespaces are needed");
        this.directory = directory;
        shared = new BirdDirectory(Files.createDirectory(directory.resolve("g")));
        routerDirectory = new BirdDirectory(Files.createDirectory(directory.resolve("r")));
        router = new BirdControl(routerDirectory.controlSocket(), Duration.ofSeconds(2));
        try {
            link();
            Files.writeString(directory.resolve("gateway.conf"), shared.baseConfiguration());
            Files.writeString(directory.resolve("router.conf"), ROUTER);
            start(routerSpace, "router.conf", routerDirectory.controlSocket());
            startGateway();
        } catch (Exception | AssertionError e) {
            stop();
            throw e;
        }
    }

    private void link() throws Exception {
        for (String space : List.of(gatewaySpace, routerSpace)) {
            run("ip", "netns", "add", space);
            run("ip", "-n", space, "link", "set", "lo", "up");
        }
        run(
                "ip",
                "link",
                "add",
                "e0",
                "netns",
                gatewaySpace,
                "type",
                "veth",
                "peer",
                "name",
                "e0",
                "netns",
                routerSpace);
        for (String[] end : new String[][] {{gatewaySpace, "1"}, {routerSpace, "150"}}) {
            run("ip", "-n", end[0], "address", "add", "169.254.100." + end[1] + "/24", "dev", "e0");
            run("ip", "-n", end[0], "address", "add", "100:100::" + end[1] + "/64", "dev", "e0", "nodad");
            run("ip", "-n", end[0], "link", "set", "e0", "up");
        }
    }

    /** Starts the gateway's BIRD, also after {@link #killGateway}. */
    void startGateway() throws Exception {
        start(gatewaySpace, "gateway.conf", shared.controlSocket());
    }

    void killGateway() throws InterruptedException {
        Process gateway = birds.removeLast();
        gateway.destroyForcibly().waitFor();
    }

    private void start(String space, String configuration, Path socket) throws Exception {
        birds.add(new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        space,
                        BirdParser.executable().toString(),
                        "-f",
                        "-c",
                        directory.resolve(configuration).toString(),
                        "-s",
                        socket.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(configuration + ".log").toFile()))
                .start());
        until("BIRD of " + space + " answers", () -> {
            try {
                return !new BirdControl(socket, Duration.ofSeconds(1))
                        .status()
                        .version()
                        .isEmpty();
            } catch (BirdUnreachableException _) {
                return false;
            }
        });
    }

    /** Default routes and whatever else is in the kernel's table of learned routes, one line per route, sorted. */
    List<String> learnedRoutes() throws Exception {
        List<String> routes = new ArrayList<>();
        for (String family : List.of("-4", "-6")) {
            run("ip", "-n", gatewaySpace, family, "route", "show", "table", "4096")
                    .lines()
                    .map(line ->
                            line.replaceAll(" (proto|metric|pref) \\S+", "").strip())
                    .forEach(routes::add);
        }
        return routes;
    }

    /** Prefixes that the router has learned from gateways. */
    List<String> announced() throws Exception {
        List<String> prefixes = new ArrayList<>();
        for (String table : List.of("master4", "master6")) {
            try (var connection = ControlConnection.open(routerDirectory.controlSocket(), Duration.ofSeconds(2))) {
                connection.ask("show route table " + table + " where source = RTS_BGP").texts(1007).stream()
                        .filter(line -> line.indexOf('[') > 0)
                        .map(line -> line.substring(0, line.indexOf(' ')))
                        .forEach(prefixes::add);
            }
        }
        return prefixes;
    }

    static void until(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 15 s: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0 && !words.contains("FIB table does not exist")) {
            throw new IOException(Arrays.toString(command) + ": " + words);
        }
        return words;
    }

    /** Ends both BIRDs and deletes both namespaces. */
    void stop() throws IOException, InterruptedException {
        for (Process bird : birds) {
            bird.destroyForcibly().waitFor();
        }
        run("ip", "netns", "delete", gatewaySpace);
        run("ip", "netns", "delete", routerSpace);
    }
}
