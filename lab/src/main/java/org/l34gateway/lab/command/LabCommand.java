// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.l34gateway.lab.Labs;
import org.l34gateway.lab.TrafficRequest;
import org.l34gateway.lab.process.Command;
import org.l34gateway.lab.process.Progress;
import org.l34gateway.lab.topology.Vlans;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Everything about a lab. */
@CommandLine.Command(
        name = "lab",
        mixinStandardHelpOptions = true,
        description = "A real Kubernetes cluster inside this machine, with outside routers%n%n"
                + "It has a control plane (cp), node1 and node2, and the routers vpn-a, vpn-b and vpn-c on VLAN 100, 200 "
                + "and 300. Everything is in namespaces of its own.%n",
        subcommands = {
            LabCommand.Up.class,
            LabCommand.Down.class,
            LabCommand.Status.class,
            LabCommand.Kubectl.class,
            LabCommand.Exec.class,
            LabCommand.Logs.class,
            LabCommand.Load.class,
            LabCommand.Traffic.class,
            CommandLine.HelpCommand.class
        })
public final class LabCommand implements Runnable {

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    /** Brings it up. */
    @CommandLine.Command(
            name = "up",
            mixinStandardHelpOptions = true,
            description = "Bring the lab up; one that is up already is kept")
    static final class Up implements Callable<Integer> {
        @Mixin
        private LabOption lab = new LabOption();

        @Option(
                names = "--vlans",
                defaultValue = "bridges",
                description = "how VLANs are made: bridges, or tagged (802.1Q, if the kernel has it)")
        private Vlans vlans = Vlans.BRIDGES;

        @Override
        public Integer call() {
            Labs.up(lab.name(), vlans, new Progress(System.out));
            return 0;
        }
    }

    /** Takes it down. */
    @CommandLine.Command(
            name = "down",
            mixinStandardHelpOptions = true,
            description = "Take the lab down, whatever state it is in: no process, mount, namespace or cgroup stays")
    static final class Down implements Callable<Integer> {
        @Mixin
        private LabOption lab = new LabOption();

        @Override
        public Integer call() {
            Labs.down(lab.name(), new Progress(System.out));
            return 0;
        }
    }

    /** Shows it. */
    @CommandLine.Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Show nodes, pods with the memory of their containers, and the routers' BGP sessions")
    static final class Status implements Callable<Integer> {
        @Mixin
        private LabOption lab = new LabOption();

        @Option(names = "--output", defaultValue = "text", description = "text or json")
        private OutputFormat output = OutputFormat.TEXT;

        @Override
        public Integer call() {
            var status = lab.running().status();
            switch (output) {
                case TEXT -> System.out.print(status.table());
                case JSON -> System.out.println(status.json());
            }
            return 0;
        }
    }

    /** Passes everything on to kubectl. */
    @CommandLine.Command(
            name = "kubectl",
            description = "Run kubectl as the cluster's administrator, e.g. ./l34 lab kubectl get pods -A")
    static final class Kubectl implements Callable<Integer> {
        @Mixin
        private LabOption lab = new LabOption();

        @CommandLine.Unmatched
        private List<String> arguments = new ArrayList<>();

        @Override
        public Integer call() {
            return lab.running().kubectlCommand(arguments).onTerminal();
        }
    }

    /** Runs a program somewhere in the lab. */
    @CommandLine.Command(
            name = "exec",
            mixinStandardHelpOptions = true,
            description = "Run a program on a host or in a pod, e.g. ./l34 lab exec vpn-b -- birdc show route")
    static final class Exec implements Callable<Integer> {
        @Mixin
        private LabOption lab = new LabOption();

        @Parameters(index = "0", paramLabel = "HOST|POD", description = "cp, node1, vpn-a, …, or POD or NAMESPACE/POD")
        private String where = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "program and arguments")
        private List<String> words = List.of();

        @Override
        public Integer call() {
            var running = lab.running();
            var host = running.host(where);
            if (host.isPresent()) {
                return running.on(host.get(), words).onTerminal();
            }
            var arguments = new ArrayList<String>(List.of("exec", "--stdin"));
            if (Command.of("test", "-t", "0").onTerminal() == 0) {
                arguments.add("--tty");
            }
            int slash = where.indexOf('/');
            if (slash > 0) {
                arguments.addAll(List.of("--namespace", where.substring(0, slash)));
            }
            arguments.addAll(List.of(where.substring(slash + 1), "--"));
            arguments.addAll(words);
            return running.kubectlCommand(arguments).onTerminal();
        }
    }

    /** Shows a log. */
    @CommandLine.Command(
            name = "logs",
            mixinStandardHelpOptions = true,
            description = "Show the log of a component of the cluster; without one, name them all")
    static final class Logs implements Callable<Integer> {
        @Mixin
        private LabOption lab = new LabOption();

        @Option(
                names = {"-f", "--follow"},
                description = "go on as the log grows")
        private boolean follow;

        @Parameters(
                arity = "0..1",
                paramLabel = "COMPONENT",
                description = "e.g. cp/apiserver, node1/kubelet, vpn-a/bird")
        private String component = "";

        @Override
        public Integer call() {
            var running = lab.running();
            if (component.isEmpty()) {
                running.components().forEach(System.out::println);
                return 0;
            }
            Path log = running.log(component);
            if (!Files.exists(log)) {
                System.err.println(
                        "l34: no log of " + component + "; there are: " + String.join(" ", running.components()));
                return 2;
            }
            return follow
                    ? Command.of("tail", "-n", "+1", "-f", log.toString()).onTerminal()
                    : Command.of("cat", log.toString()).onTerminal();
        }
    }

    /** Loads images. */
    @CommandLine.Command(
            name = "load",
            mixinStandardHelpOptions = true,
            description = "Load images (docker-archive tars) into both nodes")
    static final class Load implements Callable<Integer> {
        @Mixin
        private LabOption lab = new LabOption();

        @Parameters(arity = "1..*", paramLabel = "TAR", description = "as `docker save` or `./l34 images` writes them")
        private List<Path> tars = List.of();

        @Override
        public Integer call() {
            var running = lab.running();
            tars.forEach(running::loadImage);
            return 0;
        }
    }

    /** Sends traffic. */
    @CommandLine.Command(
            name = "traffic",
            mixinStandardHelpOptions = true,
            description =
                    "Send traffic from an outside router to a VIP and show which pods answered; fails if any did not")
    static final class Traffic implements Callable<Integer> {
        @Mixin
        private LabOption lab = new LabOption();

        @Option(names = "--from", defaultValue = "vpn-b", description = "router (default: ${DEFAULT-VALUE})")
        private String from = "vpn-b";

        @Option(names = "--to", required = true, paramLabel = "ADDRESS:PORT", description = "e.g. 20.0.0.1:4000")
        private String to = "";

        @Option(names = "--connections", defaultValue = "400", description = "how many (default: ${DEFAULT-VALUE})")
        private int connections = 400;

        @Option(names = "--protocol", defaultValue = "tcp", description = "tcp or udp (default: ${DEFAULT-VALUE})")
        private TrafficRequest.Protocol protocol = TrafficRequest.Protocol.TCP;

        @Option(names = "--output", defaultValue = "text", description = "text or json")
        private OutputFormat output = OutputFormat.TEXT;

        @Override
        public Integer call() {
            var result = lab.running().traffic(new TrafficRequest(from, to, connections, protocol));
            switch (output) {
                case TEXT -> System.out.print(result.table());
                case JSON -> System.out.println(result.json());
            }
            return result.allAnswered() ? 0 : 1;
        }
    }
}
