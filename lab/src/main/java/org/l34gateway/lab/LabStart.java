// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.l34gateway.lab.cluster.ClusterObjects;
import org.l34gateway.lab.cluster.Daemon;
import org.l34gateway.lab.cluster.Daemons;
import org.l34gateway.lab.cluster.FilesOnDisk;
import org.l34gateway.lab.cluster.LabFiles;
import org.l34gateway.lab.host.Cgroups;
import org.l34gateway.lab.host.Host;
import org.l34gateway.lab.host.HostStarter;
import org.l34gateway.lab.process.Progress;
import org.l34gateway.lab.process.Together;
import org.l34gateway.lab.tools.Tools;
import org.l34gateway.lab.topology.HostPlan;
import org.l34gateway.lab.topology.Role;
import org.l34gateway.lab.topology.Topology;

/** Brings one lab up, from nothing. Each thing that would outlive a killed {@code up} is in the state before it is made. */
final class LabStart {
    private static final Duration API_SERVER_LIMIT = Duration.ofMinutes(2);
    private static final Duration NODES_LIMIT = Duration.ofMinutes(3);

    private final LabName name;
    private final Topology topology;
    private final Tools tools;
    private final LabFiles files;
    private final FilesOnDisk disk;
    private final Daemons daemons;
    private final Progress progress;
    private LabState state;

    LabStart(LabName name, Topology topology, Tools tools, Path folder, Progress progress) {
        this.name = name;
        this.topology = topology;
        this.tools = tools;
        this.files = new LabFiles(folder);
        this.disk = new FilesOnDisk(files, topology, tools);
        this.daemons = new Daemons(tools, files);
        this.progress = progress;
        var toolFolders = new TreeMap<String, String>();
        tools.folders().forEach((tool, path) -> toolFolders.put(tool, path.toString()));
        this.state = new LabState(name.text(), folder.toString(), toolFolders, LabState.Phase.STARTING, Map.of());
    }

    Lab run() {
        LabStore.OF_THIS_MACHINE.write(state);
        progress.run("hosts and network", this::makeHosts);
        var lab = new Lab(state);
        progress.run(
                "control plane answers",
                () -> Together.run(() -> startControlPlane(lab), () -> prepareNodes(lab), () -> startRouters(lab)));
        progress.run("both nodes Ready", () -> {
            lab.apply(ClusterObjects.nodes(topology));
            Together.run(() -> startNodes(lab), () -> applyObjects(lab));
        });
        state = state.with(LabState.Phase.UP);
        LabStore.OF_THIS_MACHINE.write(state);
        return new Lab(state);
    }

    private void makeHosts() {
        try {
            files.create();
            for (String point : LabFiles.NodeFolders.MOUNT_POINTS) {
                Files.createDirectories(Path.of(point));
            }
            for (String cgroup : name.cgroups(topology)) {
                Cgroups.OF_THIS_MACHINE.create(cgroup);
            }
            var starter = HostStarter.in(files.top(), name.marker());
            var hosts = new ArrayList<Host>();
            for (HostPlan plan : topology.hosts()) {
                Map<String, Path> binds =
                        plan.role() == Role.NODE ? files.node(plan.name()).create() : Map.of();
                Host host = starter.start(plan.name(), binds);
                hosts.add(host);
                state = state.with(host);
                LabStore.OF_THIS_MACHINE.write(state);
            }
            wire(hosts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void wire(List<Host> hosts) {
        var pids = new HashMap<String, Long>();
        hosts.forEach(host -> pids.put(host.name(), host.process().pid()));
        for (int i = 0; i < hosts.size(); i++) {
            var sysctls = new ArrayList<>(List.of("sysctl", "-eqw"));
            sysctls.addAll(topology.hosts().get(i).sysctls());
            hosts.get(i).onNetwork(sysctls).output();
        }
        hosts.getFirst()
                .onNetwork(List.of("ip", "-batch", "-"))
                .reading(topology.fabricBatch(pids))
                .output();
        for (int i = 1; i < hosts.size(); i++) {
            hosts.get(i)
                    .onNetwork(List.of("ip", "-batch", "-"))
                    .reading(topology.hosts().get(i).linkBatch())
                    .output();
        }
    }

    private void startControlPlane(Lab lab) {
        attempt(disk::writeIdentities);
        lab.ensure(daemons.etcd());
        lab.ensure(daemons.apiServer());
        lab.await("API server ready", API_SERVER_LIMIT, lab::answers);
        lab.ensure(daemons.controllerManager());
        lab.ensure(daemons.scheduler());
    }

    /** Both container runtimes, with the images in them that pods need before all others. */
    private void prepareNodes(Lab lab) {
        List<Path> images = writeImages();
        for (String node : nodes()) {
            attempt(() -> disk.writeNode(node, name.cgroup(node)));
            lab.ensure(daemons.containerd(node));
        }
        for (String node : nodes()) {
            lab.await(
                    "containerd of " + node,
                    NODES_LIMIT,
                    () -> lab.ctr(node, List.of("version")).run().good());
        }
        images.forEach(lab::loadImage);
    }

    private List<Path> writeImages() {
        try {
            return disk.writeImages();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void startRouters(Lab lab) {
        attempt(disk::writeRouters);
        topology.withRole(Role.ROUTER).forEach(router -> lab.ensure(daemons.bird(router.name())));
    }

    private void applyObjects(Lab lab) {
        lab.apply(ClusterObjects.yaml());
        var words = new ArrayList<>(List.of("apply", "--server-side", "--validate=false"));
        tools.crds().forEach(crd -> words.addAll(List.of("-f", crd.toString())));
        lab.kubectl(words.toArray(String[]::new));
        lab.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s");
    }

    private void startNodes(Lab lab) {
        for (String node : nodes()) {
            attempt(() -> disk.writeCni(node));
            daemons.onNode(node).forEach(lab::ensure);
        }
        lab.awaitReady(NODES_LIMIT);
    }

    /** Starts again what has ended since; for a lab that was up. */
    static void revive(Lab lab, Topology topology) {
        List<Daemon> all = lab.daemons().all(topology);
        all.forEach(lab::ensure);
        lab.await("API server ready", API_SERVER_LIMIT, lab::answers);
        lab.awaitReady(NODES_LIMIT);
    }

    private List<String> nodes() {
        return topology.withRole(Role.NODE).stream().map(HostPlan::name).toList();
    }

    /** An act on files that has no answer. */
    private interface FileAct {
        void run() throws IOException;
    }

    private static void attempt(FileAct act) {
        try {
            act.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
