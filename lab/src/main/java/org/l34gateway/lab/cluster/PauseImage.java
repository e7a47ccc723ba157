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
import java.util.concurrent.ExecutionException;

/** The image of the container that holds a pod's namespaces. It carries busybox, so it also serves as a shell for tests. */
public final class PauseImage {
    public static final String NAME = "local/pause:1";

    private static final Path BUSYBOX = Path.of("/bin/busybox");
    /** Names under which busybox is in the image; {@code busybox NAME} runs everything else that it can do. */
    private static final List<String> PROGRAMS = List.of("busybox", "sh", "sleep");

    private PauseImage() {}

    /** Writes the image as a docker-archive to {@code tar}; {@code work} is for temporary files. */
    static void write(Path tar, Path work) throws IOException {
        if (!Files.isExecutable(BUSYBOX)) {
            throw new IOException(BUSYBOX + " is missing: install busybox-static");
        }
        var layer = FileEntriesLayer.builder();
        for (String program : PROGRAMS) {
            layer.addEntry(BUSYBOX, AbsoluteUnixPath.get("/bin/" + program), FilePermissions.fromOctalString("755"));
        }
        try {
            Jib.fromScratch()
                    .addFileEntriesLayer(layer.build())
                    .setEntrypoint("/bin/sleep", "infinity")
                    .addEnvironmentVariable("PATH", "/bin")
                    .containerize(Containerizer.to(TarImage.at(tar).named(NAME))
                            .setBaseImageLayersCache(work)
                            .setApplicationLayersCache(work)
                            .setOfflineMode(true));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + NAME + " was made", e);
        } catch (InvalidImageReferenceException
                | RegistryException
                | CacheDirectoryCreationException
                | ExecutionException e) {
            throw new IOException(NAME + " could not be made", e);
        }
    }
}
