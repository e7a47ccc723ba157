// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.l34gateway.lab.cluster.Daemon;
import org.l34gateway.lab.cluster.Daemons;
import org.l34gateway.lab.cluster.LabFiles;
import org.l34gateway.lab.host.Host;
import org.l34gateway.lab.process.Command;
import org.l34gateway.lab.process.Outcome;
import org.l34gateway.lab.process.Progress;
import org.l34gateway.lab.process.Together;
import org.l34gateway.lab.tools.Tools;
import org.l34gateway.lab.topology.Topology;

/**
 * A running lab: a Kubernetes cluster of two nodes ({@code node1}, {@code node2}) and three outside routers ({@code vpn-a},
 * {@code vpn-b}, {@code vpn-c}). {@link Labs} makes, finds and ends labs.
 */
public final class Lab {
    private final LabState state;
    private final LabFiles files;
    private final Tools tools;

    Lab(LabState state) {
        this.state = state;
        this.files = new LabFiles(Path.of(state.folder()));
        var folders = new TreeMap<String, Path>();
        state.tools().forEach((tool, folder) -> folders.put(tool, Path.of(folder)));
        this.tools = new Tools(folders);
    }

    public LabName name() {
        return new LabName(state.name());
    }

    /** Host {@code cp}, {@code node1}, {@code vpn-a}…; empty when the lab has none of that name. */
    public Optional<Host> host(String name) {
        return Optional.ofNullable(state.hosts().get(name)).map(process -> new Host(name, process));
    }

    /** The outside router {@code vpn-a}, {@code vpn-b} or {@code vpn-c}. */
    public Router router(String name) {
        return new Router(required(name));
    }

    /** Node 1 or 2. */
    public Host node(int number) {
        return required("node" + number);
    }

    /** A program on {@code host}, with the cluster's own programs (ctr, kubectl, …) in its PATH. */
    public Command on(Host host, List<String> words) {
        return host.command(words).with("PATH", tools.path());
    }

    /** kubectl as administrator; it sees the caller's files and working folder. */
    public Command kubectlCommand(List<String> arguments) {
        var words = new ArrayList<>(List.of(
                tools.program("kubectl").toString(),
                "--kubeconfig",
                files.kubeconfig("admin").toString()));
        words.addAll(arguments);
        return required(Topology.CONTROL_PLANE)
                .onNetwork(words)
                .with("KUBECACHEDIR", files.top().resolve("kubectl-cache").toString());
    }

    /**
     * What {@code kubectl ARGUMENTS} prints.
     *
     * @throws org.l34gateway.lab.process.CommandFailed when it fails
     */
    public String kubectl(String... arguments) {
        return kubectlCommand(List.of(arguments)).output();
    }

    /** As {@link #kubectl}, for callers to whom a failure is an answer. */
    public Outcome tryKubectl(String... arguments) {
        return kubectlCommand(List.of(arguments)).run();
    }

    /** Applies one or more objects on the server's side. */
    public void apply(String yaml) {
        kubectlCommand(List.of("apply", "--server-side", "--force-conflicts", "-f", "-"))
                .reading(yaml)
                .output();
    }

    /**
     * Loads an image into both nodes. Pods name it with its tag and {@code imagePullPolicy: Never}.
     *
     * @param dockerArchive tar as {@code docker save} writes it; it must not be below /run, /var/log, /opt/cni or /var/lib/kubelet
     */
    public void loadImage(Path dockerArchive) {
        var tar = dockerArchive.toAbsolutePath().toString();
        Together.run(nodeNames().stream()
                .<Runnable>map(node -> () -> ctr(node, List.of("images", "import", "--local=true", tar))
                        .output())
                .toList());
    }

    /** containerd's own client on {@code node}, in the name space of Kubernetes. */
    Command ctr(String node, List<String> arguments) {
        var words = new ArrayList<>(List.of(tools.program("ctr").toString(), "--namespace", "k8s.io"));
        words.addAll(arguments);
        return required(node).command(words);
    }

    /** Sends traffic from a router and says what came of it. */
    public TrafficResult traffic(TrafficRequest request) {
        return TrafficResult.of(request.command(required(request.from())).run());
    }

    /** Nodes, pods, BGP sessions and memory, as they are now. */
    public LabStatus status() {
        return LabStatus.of(this);
    }

    /**
     * Waits until {@code condition} holds.
     *
     * @throws IllegalStateException when it does not within {@code limit}
     */
    public void await(String what, Duration limit, BooleanSupplier condition) {
        Progress.await(what, limit, condition);
    }

    /** Components that have a log, as {@code HOST/NAME}. */
    public List<String> components() {
        return daemons().all(topology()).stream().map(Daemon::component).toList();
    }

    /** The log of {@code component}. */
    public Path log(String component) {
        return files.log(component);
    }

    /** Whether the API server says that it is ready. */
    boolean answers() {
        return tryKubectl("get", "--raw", "/readyz").good();
    }

    void awaitReady(Duration limit) {
        var path = "-o=jsonpath={.items[*].status.conditions[?(@.type==\"Ready\")].status}";
        String wanted = String.join(" ", nodeNames().stream().map(_ -> "True").toList());
        await(
                "both nodes Ready",
                limit,
                () -> tryKubectl("get", "nodes", path).out().strip().equals(wanted));
    }

    /**
     * Sends a signal to a component, such as {@code STOP} to {@code node1/kubelet}.
     *
     * @throws org.l34gateway.lab.process.CommandFailed when it does not run
     */
    public void signal(String component, String signal) {
        Daemon daemon = component(component);
        required(daemon.host())
                .command("kill", "-" + signal, Long.toString(pid(daemon)))
                .output();
    }

    /** Starts a component that has ended; the caller knows that it has. */
    public void start(String component) {
        launch(component(component));
    }

    private Daemon component(String component) {
        return daemons().all(topology()).stream()
                .filter(daemon -> daemon.component().equals(component))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no component " + component + "; there are " + String.join(", ", components())));
    }

    /** Starts {@code daemon} unless it runs. */
    void ensure(Daemon daemon) {
        if (!Files.exists(files.pidFile(daemon.component()))
                || !required(daemon.host()).runs(pid(daemon))) {
            launch(daemon);
        }
    }

    private void launch(Daemon daemon) {
        String log = files.log(daemon.component()).toString();
        long pid = required(daemon.host()).daemon(daemon.words(), log, name().marker());
        try {
            Files.writeString(files.pidFile(daemon.component()), Long.toString(pid));
        } catch (IOException e) {
            throw new UncheckedIOException(daemon.component(), e);
        }
    }

    /** As the component's host numbers it. */
    private long pid(Daemon daemon) {
        try {
            return Long.parseLong(Files.readString(files.pidFile(daemon.component())));
        } catch (IOException e) {
            throw new UncheckedIOException(daemon.component(), e);
        }
    }

    Daemons daemons() {
        return new Daemons(tools, files);
    }

    Topology topology() {
        return Labs.TOPOLOGY;
    }

    List<String> nodeNames() {
        return state.hosts().keySet().stream()
                .filter(name -> name.startsWith("node"))
                .sorted()
                .toList();
    }

    List<String> routerNames() {
        return state.hosts().keySet().stream()
                .filter(name -> name.startsWith("vpn-"))
                .sorted()
                .toList();
    }

    private Host required(String name) {
        return host(name)
                .orElseThrow(() -> new IllegalArgumentException("lab " + state.name() + " has no host " + name
                        + "; it has "
                        + String.join(
                                ", ", state.hosts().keySet().stream().sorted().toList())));
    }
}
