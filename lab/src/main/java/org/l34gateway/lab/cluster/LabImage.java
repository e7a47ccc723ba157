// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.cluster;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.l34gateway.lab.tools.Tools;

/**
 * An image of static programs and nothing else.
 *
 * @param name with its tag, as pods say it
 * @param programs name in /bin → program of this machine
 * @param entrypoint its words
 */
public record LabImage(String name, Map<String, Path> programs, List<String> entrypoint) {
    /**
     * The image of the container that holds a pod's namespaces. It carries busybox, so it also serves as a shell for tests.
     */
    public static final String PAUSE = "local/pause:1";

    private static final Path BUSYBOX = Path.of("/bin/busybox");

    public LabImage {
        programs = Map.copyOf(programs);
        entrypoint = List.copyOf(entrypoint);
    }

    /** {@link #PAUSE}; {@code busybox NAME} runs what has no name of its own. */
    static LabImage pause() {
        return new LabImage(
                PAUSE, Map.of("busybox", BUSYBOX, "sh", BUSYBOX, "sleep", BUSYBOX), List.of("/bin/sleep", "infinity"));
    }

    /** The daemon of Multus thick. */
    static LabImage multusDaemon(Tools tools) {
        return new LabImage(
                "local/multus-daemon:1",
                Map.of("multus-daemon", tools.program("multus-daemon")),
                List.of("/bin/multus-daemon"));
    }

    /** Writes the image as a docker-archive to {@code tar}; {@code work} is for temporary files. */
    void write(Path tar, Path work) throws IOException {
        var layer = FileEntriesLayer.builder();
        for (var program : new TreeMap<>(programs).entrySet()) {
            if (!Files.isExecutable(program.getValue())) {
                throw new IOException(program.getValue() + ", needed in " + name + ", is missing");
            }
            layer.addEntry(
                    program.getValue(),
                    AbsoluteUnixPath.get("/bin/" + program.getKey()),
                    FilePermissions.fromOctalString("755"));
        }
        try {
            Jib.fromScratch()
                    .addFileEntriesLayer(layer.build())
                    .setEntrypoint(entrypoint)
                    .addEnvironmentVariable("PATH", "/bin")
                    .containerize(Containerizer.to(TarImage.at(tar).named(name))
                            .setBaseImageLayersCache(work)
                            .setApplicationLayersCache(work)
                            .setOfflineMode(true));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + name + " was made", e);
        } catch (InvalidImageReferenceException
                | RegistryException
                | CacheDirectoryCreationException
                | ExecutionException e) {
            throw new IOException(name + " could not be made", e);
        }
    }
}
