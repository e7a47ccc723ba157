// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.l34gateway.lab.host.Cgroups;
import org.l34gateway.lab.host.LabProcesses;
import org.l34gateway.lab.process.Progress;
import org.l34gateway.lab.tools.Folders;
import org.l34gateway.lab.tools.ToolCache;
import org.l34gateway.lab.topology.Topology;
import org.l34gateway.lab.topology.Vlans;

/** The labs of this machine: brings them up, finds them, takes them down. Needs root. */
public final class Labs {
    static final Topology TOPOLOGY = Topology.standard(Vlans.BRIDGES);

    private Labs() {}

    /**
     * Brings the lab up. One that is up already is kept, and those of its programs that ended are started again; the rest of
     * an {@code up} that was killed is removed first.
     */
    public static Lab up(LabName name, Vlans vlans, Progress progress) {
        requireRoot();
        return locked(name, () -> {
            var known = LabStore.OF_THIS_MACHINE.read(name.text());
            if (known.filter(LabState::alive).isPresent()) {
                var lab = new Lab(known.get());
                progress.run("lab " + name + " is up already", () -> LabStart.revive(lab, TOPOLOGY));
                return lab;
            }
            if (known.isPresent() || !LabProcesses.marked(name.marker()).isEmpty()) {
                progress.run("removed what was left of lab " + name, () -> remove(name));
            } else {
                Folders.delete(defaultFolder(name));
            }
            var cache = ToolCache.ofCaller();
            if (!cache.missing().isEmpty()) {
                progress.say("building the cluster's programs once; this takes about ten minutes on two cores");
            }
            var tools = cache.ready(progress);
            return new LabStart(name, Topology.standard(vlans), tools, defaultFolder(name), progress).run();
        });
    }

    /** The lab of that name if all its hosts are there. */
    public static Optional<Lab> find(LabName name) {
        return LabStore.OF_THIS_MACHINE
                .read(name.text())
                .filter(LabState::alive)
                .map(Lab::new);
    }

    /** Names of the labs of this machine, finished or not. */
    public static List<String> names() {
        return LabStore.OF_THIS_MACHINE.names();
    }

    /** Takes the lab down: no process, mount, namespace, control group or file of it stays. Nothing happens when there is none. */
    public static void down(LabName name, Progress progress) {
        requireRoot();
        locked(name, () -> {
            progress.run("lab " + name + " is down", () -> remove(name));
            return true;
        });
    }

    private static void remove(LabName name) {
        try {
            LabProcesses.end(name.marker());
            name.cgroups(TOPOLOGY).forEach(Cgroups.OF_THIS_MACHINE::remove);
            var known = LabStore.OF_THIS_MACHINE.read(name.text());
            if (known.isPresent()) {
                Folders.delete(Path.of(known.get().folder()));
            }
            Folders.delete(defaultFolder(name));
            LabStore.OF_THIS_MACHINE.remove(name.text());
        } catch (IOException e) {
            throw new UncheckedIOException("lab " + name, e);
        }
    }

    private static Path defaultFolder(LabName name) {
        return ToolCache.ofCaller().root().resolve("labs").resolve(name.text());
    }

    /** One {@code up} or {@code down} of a lab at a time among processes: each lab has a byte of one lock file. */
    private static <T> T locked(LabName name, Callable<T> work) {
        Path lock = LabStore.OF_THIS_MACHINE.lock();
        try {
            Files.createDirectories(lock.getParent());
            try (var channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var _ = channel.lock(name.text().hashCode() & 0xFFFF_FFFFL, 1, false)) {
                return work.call();
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("lab " + name + ": " + e.getMessage(), e);
        }
    }

    private static void requireRoot() {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new IllegalStateException("a lab needs root (network namespaces, mounts, control groups)");
        }
    }
}
