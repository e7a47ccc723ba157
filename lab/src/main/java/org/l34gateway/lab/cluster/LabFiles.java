// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of one lab, all below {@code top}. */
public record LabFiles(Path top) {

    /** What lies over the machine's own folders on a node: path inside the node → folder of this lab. */
    public record NodeFolders(Path top) {
        /** Folders that must be on the machine for something to lie over them. */
        public static final List<String> MOUNT_POINTS =
                List.of("/opt/cni", "/etc/cni", "/var/lib/cni", "/var/lib/kubelet", "/var/lib/containerd", "/var/log");

        /** What a kubelet sets, and must not set on the machine: kernel parameter → value that it wants. */
        static final Map<String, String> KERNEL_PARAMETERS = Map.of(
                "/proc/sys/vm/overcommit_memory", "1",
                "/proc/sys/vm/panic_on_oom", "0",
                "/proc/sys/kernel/panic", "10",
                "/proc/sys/kernel/panic_on_oops", "1",
                "/proc/sys/kernel/keys/root_maxkeys", "1000000",
                "/proc/sys/kernel/keys/root_maxbytes", "25000000");

        public Path etc() {
            return top.resolve("etc");
        }

        /** The machine's file for path {@code inside} the node, which has to be below one of {@link #MOUNT_POINTS}. */
        public Path of(String inside) {
            return top.resolve("root").resolve(inside.substring(1));
        }

        /** Makes the folders and files, and returns what has to be bound over what. */
        public Map<String, Path> create() throws IOException {
            var binds = new LinkedHashMap<String, Path>();
            Files.createDirectories(etc());
            for (String point : MOUNT_POINTS) {
                binds.put(point, Files.createDirectories(of(point)));
            }
            for (var parameter : KERNEL_PARAMETERS.entrySet()) {
                Path file = of(parameter.getKey());
                Files.createDirectories(file.getParent());
                if (Files.exists(Path.of(parameter.getKey()))) {
                    binds.put(parameter.getKey(), Files.writeString(file, parameter.getValue() + "\n"));
                }
            }
            return binds;
        }
    }

    public Path pki() {
        return top.resolve("pki");
    }

    public Path certificate(String name) {
        return pki().resolve(name + ".crt");
    }

    public Path key(String name) {
        return pki().resolve(name + ".key");
    }

    public Path kubeconfig(String identity) {
        return top.resolve("kubeconfig").resolve(identity);
    }

    public Path etcd() {
        return top.resolve("etcd");
    }

    public Path birdConfig(String router) {
        return top.resolve("routers").resolve(router + ".conf");
    }

    public NodeFolders node(String node) {
        return new NodeFolders(top.resolve("nodes").resolve(node));
    }

    /** Log of {@code component} ({@code HOST/NAME}). */
    public Path log(String component) {
        return logs().resolve(component.replace('/', '-') + ".log");
    }

    public Path logs() {
        return top.resolve("logs");
    }

    /** Holds the process id of {@code component}, as its host numbers it. */
    public Path pidFile(String component) {
        return top.resolve("run").resolve(component.replace('/', '-') + ".pid");
    }

    /** Makes the folders that do not depend on a host. */
    public void create() throws IOException {
        for (Path folder :
                List.of(pki(), top.resolve("kubeconfig"), top.resolve("routers"), logs(), top.resolve("run"))) {
            Files.createDirectories(folder);
        }
    }
}
