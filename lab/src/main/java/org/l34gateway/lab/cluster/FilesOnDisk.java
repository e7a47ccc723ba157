// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.l34gateway.lab.process.Command;
import org.l34gateway.lab.tools.Tools;
import org.l34gateway.lab.topology.HostPlan;
import org.l34gateway.lab.topology.Role;
import org.l34gateway.lab.topology.RouterConfig;
import org.l34gateway.lab.topology.Topology;

/** Writes the files that the programs of a lab read. */
public record FilesOnDisk(LabFiles files, Topology topology, Tools tools) {
    /** Where Debian's containernetworking-plugins are. */
    private static final Path REFERENCE_PLUGINS = Path.of("/usr/lib/cni");

    /** Certificates and a kubeconfig for every identity. */
    public void writeIdentities() throws IOException {
        var pki = new Pki(files.pki());
        for (Identity identity : Identity.of(topology)) {
            pki.issue(identity.name(), identity.subject(), identity.alternatives());
            Identity.writeKubeconfig(files.kubeconfig(identity.name()), pki, identity.name());
        }
    }

    public void writeRouters() throws IOException {
        for (HostPlan router : topology.withRole(Role.ROUTER)) {
            Files.writeString(files.birdConfig(router.name()), RouterConfig.text());
        }
    }

    /** What containerd and the kubelet read; {@code cgroup} is the top of the node's control groups. */
    public void writeNode(String node, String cgroup) throws IOException {
        Path etc = files.node(node).etc();
        Files.writeString(etc.resolve("containerd.toml"), NodeFiles.containerd(snapshotter()));
        Files.writeString(etc.resolve("kubelet.yaml"), NodeFiles.kubelet(node, cgroup, files));
        Files.writeString(etc.resolve("resolv.conf"), "nameserver 10.96.0.10\n");
    }

    /**
     * CNI programs and their settings; needs the identities. The runtime takes the node as ready from now on, or as soon as
     * Multus' daemon runs.
     */
    public void writeCni(String node) throws IOException {
        var folders = files.node(node);
        Path programs = Files.createDirectories(folders.of("/opt/cni/bin"));
        try (Stream<Path> plugins = Files.list(REFERENCE_PLUGINS)) {
            for (Path plugin : plugins.toList()) {
                copy(plugin, programs);
            }
        }
        Multus multus = Multus.on(node);
        copy(tools.program(multus.program()), programs);
        copy(tools.program("whereabouts"), programs);
        copyKubeconfig(Identity.WHEREABOUTS, folders.of(NodeFiles.WHEREABOUTS_KUBECONFIG));
        write(folders.of(NodeFiles.WHEREABOUTS), NodeFiles.whereabouts());
        switch (multus) {
            case THIN -> {
                copyKubeconfig(Identity.MULTUS, folders.of(NodeFiles.MULTUS_KUBECONFIG));
                write(folders.of(NodeFiles.MULTUS_THIN), NodeFiles.multusThin(node));
            }
            case THICK -> {
                write(folders.of(NodeFiles.POD_NETWORK), NodeFiles.podNetwork(node));
                write(folders.of(NodeFiles.MULTUS_THICK), NodeFiles.multusThick());
            }
        }
    }

    /** Writes the images that pods need before any other can be loaded, and returns where they are. */
    public List<Path> writeImages() throws IOException {
        Path work = Files.createDirectories(files.top().resolve("images"));
        List<Path> tars = new ArrayList<>();
        for (LabImage image : List.of(LabImage.pause(), LabImage.multusDaemon(tools))) {
            Path tar = files.top().resolve("image-" + tars.size() + ".tar");
            image.write(tar, work);
            tars.add(tar);
        }
        return tars;
    }

    /** overlayfs if the file system of the lab takes an upper layer, else native (copies). */
    private String snapshotter() throws IOException {
        Path probe = Files.createTempDirectory(files.top(), "overlay");
        for (String folder : List.of("lower", "upper", "work", "merged")) {
            Files.createDirectory(probe.resolve(folder));
        }
        var mount = Command.of(
                        "unshare",
                        "--mount",
                        "mount",
                        "-t",
                        "overlay",
                        "-o",
                        "lowerdir=lower,upperdir=upper,workdir=work",
                        "overlay",
                        "merged")
                .in(probe);
        return mount.run().good() ? "overlayfs" : "native";
    }

    private void copyKubeconfig(String identity, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(files.kubeconfig(identity), to, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void copy(Path program, Path folder) throws IOException {
        Files.copy(
                program,
                folder.resolve(program.getFileName()),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
    }
}
