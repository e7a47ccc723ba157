// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.l34gateway.lab.doctor.Finding.State;
import org.l34gateway.lab.host.Cgroups;
import org.l34gateway.lab.process.Command;
import org.l34gateway.lab.tools.Go;
import org.l34gateway.lab.tools.ToolCache;

/** Looks at this machine. */
public final class Doctor {
    private static final long GIB = 1L << 30;
    private static final long DISK_BYTES = 12 * GIB;
    private static final int INOTIFY_INSTANCES = 128;

    /** Program → Debian package. */
    private static final List<List<String>> PROGRAMS = List.of(
            List.of("ip", "iproute2"),
            List.of("nft", "nftables"),
            List.of("runc", "runc"),
            List.of("iptables", "iptables"),
            List.of("conntrack", "conntrack"),
            List.of("bird", "bird2"),
            List.of("birdc", "bird2"),
            List.of("nsenter", "util-linux"),
            List.of("sysctl", "procps"),
            List.of("/usr/lib/cni/macvlan", "containernetworking-plugins"),
            List.of("/bin/busybox", "busybox-static"));

    /** What is tried in a network namespace of its own → shell command that fails where the kernel lacks it. */
    private static final List<List<String>> KERNEL = List.of(
            List.of("network namespaces", "true"),
            List.of(
                    "mount and PID namespaces",
                    "unshare --mount --pid --uts --ipc --fork --propagation private mount -t proc proc /proc"),
            List.of("veth", "ip link add v0 type veth peer name v1"),
            List.of("bridge", "ip link add b0 type bridge"),
            List.of(
                    "macvlan",
                    "ip link add v0 type veth peer name v1 && ip link add m0 link v0 type macvlan mode bridge"),
            List.of("nftables", "nft add table inet t"),
            List.of(
                    "nftables jhash",
                    "nft 'add table inet t; add chain inet t c; add rule inet t c meta mark set jhash ip saddr . ip daddr mod 7'"),
            List.of(
                    "nftables fib",
                    "nft 'add table inet t; add chain inet t c { type filter hook prerouting priority 0; }; add rule inet t c fib daddr type local accept'"),
            List.of(
                    "nftables netdev",
                    "ip link add v0 type veth peer name v1 && nft 'add table netdev t; add chain netdev t c { type filter hook ingress device v0 priority 0; }'"));

    private static final String VLAN =
            "ip link add v0 type veth peer name v1 && ip link add link v0 name v0.100 type vlan id 100";

    /** Users other than root often lack the folders of such programs in their PATH. */
    private static final String SYSTEM_PROGRAMS = "PATH=$PATH:/usr/sbin:/sbin; ";

    private Doctor() {}

    public static Diagnosis examine() {
        var findings = new ArrayList<Finding>();
        findings.add(jdk());
        findings.add(program("mvn", "maven", State.NOTHING));
        boolean root = isRoot();
        findings.add(new Finding(
                "root", root ? State.OK : State.NO_LAB, root ? "" : "run as root for the lab; check works"));
        findings.add(go());
        PROGRAMS.forEach(entry -> findings.add(program(entry.getFirst(), entry.getLast(), State.NO_LAB)));
        KERNEL.forEach(entry -> findings.add(kernel(entry.getFirst(), entry.getLast(), State.NO_LAB)));
        findings.add(kernel("802.1Q VLANs", VLAN, State.OPTIONAL));
        findings.add(cgroups());
        findings.add(disk());
        findings.add(inotify());
        findings.add(cache());
        return new Diagnosis(findings);
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static Finding jdk() {
        int feature = Runtime.version().feature();
        return new Finding("JDK 25", feature == 25 ? State.OK : State.NOTHING, System.getProperty("java.home"));
    }

    private static Finding program(String program, String debianPackage, State without) {
        boolean there = program.startsWith("/")
                ? Files.isExecutable(Path.of(program))
                : Command.of("sh", "-c", SYSTEM_PROGRAMS + "command -v " + program)
                        .run()
                        .good();
        return new Finding(program, there ? State.OK : without, there ? "" : "apt-get install " + debianPackage);
    }

    private static Finding go() {
        try {
            var go = Go.find();
            return new Finding("Go", State.OK, go.version() + " (" + go.program() + ")");
        } catch (IllegalStateException e) {
            boolean needed = !ToolCache.ofCaller().missing().isEmpty();
            return new Finding("Go", needed ? State.NO_LAB : State.OPTIONAL, String.valueOf(e.getMessage()));
        }
    }

    private static Finding kernel(String what, String script, State without) {
        // Without root, root of a user namespace may try as much.
        var inside = isRoot() ? List.of("unshare", "--net") : List.of("unshare", "--map-root-user", "--net");
        var tried = Command.of(inside)
                .plus(List.of("sh", "-c", SYSTEM_PROGRAMS + script))
                .run();
        return new Finding(
                what,
                tried.good() ? State.OK : without,
                tried.good() ? "" : tried.err().strip().replace('\n', ' '));
    }

    private static Finding cgroups() {
        var cgroups = Cgroups.OF_THIS_MACHINE;
        if (cgroups.unified()) {
            return new Finding("cgroups", State.OK, "version 2");
        }
        boolean memory = Files.isDirectory(cgroups.root().resolve("memory"));
        return new Finding("cgroups", memory ? State.OK : State.NO_LAB, memory ? "version 1" : "no memory controller");
    }

    private static Finding disk() {
        Path folder = ToolCache.ofCaller().root();
        for (Path at = folder; at != null; at = at.getParent()) {
            if (Files.exists(at)) {
                try {
                    long free = Files.getFileStore(at).getUsableSpace();
                    return new Finding(
                            "disk",
                            free >= DISK_BYTES ? State.OK : State.NO_LAB,
                            free / GIB + " GiB free for " + folder);
                } catch (IOException e) {
                    return new Finding("disk", State.NO_LAB, at + ": " + e.getMessage());
                }
            }
        }
        return new Finding("disk", State.NO_LAB, folder + " has no parent");
    }

    private static Finding inotify() {
        Path limit = Path.of("/proc/sys/fs/inotify/max_user_instances");
        try (var file = Files.newInputStream(limit)) {
            // The kernel answers the first read only, and Files.readString starts with a read of one byte.
            int instances = Integer.parseInt(new String(file.readNBytes(16), StandardCharsets.US_ASCII).strip());
            boolean enough = instances > INOTIFY_INSTANCES;
            return new Finding(
                    "inotify instances",
                    enough ? State.OK : State.OPTIONAL,
                    instances
                            + (enough
                                    ? ""
                                    : ": enough for one lab; for more, sysctl fs.inotify.max_user_instances=1024"));
        } catch (IOException e) {
            return new Finding("inotify instances", State.OPTIONAL, limit + ": " + e.getMessage());
        }
    }

    private static Finding cache() {
        var cache = ToolCache.ofCaller();
        var missing = cache.missing();
        return new Finding(
                "built cluster programs",
                missing.isEmpty() ? State.OK : State.OPTIONAL,
                missing.isEmpty() ? cache.root().toString() : "`./l34 lab up` builds them once: " + missing);
    }
}
