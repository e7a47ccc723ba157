// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.l34gateway.bench.cni.ChildProcess.Ended;
import org.l34gateway.bench.dataplane.Tool;

/**
 * Says how much memory plugins have resident at most (ru_maxrss, getrusage(2)). They are started by a small program,
 * {@code resident-memory.c}, compiled when it is needed: whom this JVM starts never seems to be smaller than the JVM.
 *
 * @param folder with the program
 */
record ResidentMemory(Path folder) implements AutoCloseable {
    private static final String SOURCE = "resident-memory.c";
    private static final double KIB_PER_MIB = 1_024;

    /** @throws IllegalStateException when there is no gcc */
    static ResidentMemory ready() {
        try {
            ResidentMemory made = new ResidentMemory(Files.createTempDirectory("l34-bench-"));
            Path source = made.folder.resolve(SOURCE);
            try (InputStream text = Objects.requireNonNull(ResidentMemory.class.getResourceAsStream(SOURCE), SOURCE)) {
                Files.copy(text, source);
            }
            Tool.run(List.of("gcc", "-O2", "-static", "-s", "-o", made.program().toString(), source.toString()));
            return made;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Path program() {
        return folder.resolve("resident-memory");
    }

    /** MiB of one ADD, after which the pod is as before. */
    double ofAdd(Plugin plugin, Pod pod) {
        Ended ended = plugin.launchedBy(program()).add(pod);
        plugin.del(pod);
        return mib(ended.stderr());
    }

    /** The last line is the program's, whatever the plugin has written before. */
    static double mib(String stderr) {
        return Long.parseLong(stderr.lines().reduce("", (_, last) -> last)) / KIB_PER_MIB;
    }

    @Override
    public void close() {
        Folders.delete(folder);
    }
}
