// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory for the records that our plugins write before they touch the kernel. Goes when it is closed. */
record Records(Path folder) implements AutoCloseable {
    private static final Path DISK = Path.of("/var/tmp");
    private static final Path MEMORY = Path.of("/dev/shm");

    /** Where /var/lib is too, on a disk. */
    static Records onDisk() {
        return in(DISK);
    }

    /** Where no disk is. */
    static Records inMemory() {
        return in(MEMORY);
    }

    private static Records in(Path parent) {
        try {
            return new Records(Files.createTempDirectory(parent, "l34-bench-"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Such as {@code ext4}. */
    String fileSystem() {
        try {
            return Files.getFileStore(folder).type();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        Folders.delete(folder);
    }
}
