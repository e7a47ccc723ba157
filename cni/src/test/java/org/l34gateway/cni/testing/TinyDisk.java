// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.l34gateway.linux.Libc;
import org.l34gateway.netlink.KernelRefused;

/**
 * A file system of a few KiB in a mount namespace of the calling thread, which must end with the test: nobody else sees it,
 * and it ends with the thread.
 */
public final class TinyDisk {
    private static final int BLOCK_BYTES = 4096;

    /** Why a file system takes nothing more. */
    public enum Trouble {
        NO_BLOCKS,
        NO_INODES,
        READ_ONLY
    }

    private final Path path;

    private TinyDisk(Path path) {
        this.path = path;
    }

    /** Mounts an empty one over a directory. */
    public static TinyDisk over(Path directory) {
        check("unshare", Libc.unshare(Libc.CLONE_NEWNS));
        check("mount /", Libc.mount("none", "/", null, Libc.MS_REC | Libc.MS_PRIVATE));
        check("mount tmpfs", Libc.mount("none", directory.toString(), "tmpfs", 0, "size=64k,nr_inodes=32"));
        return new TinyDisk(directory);
    }

    /** From now on it takes nothing. */
    public void refuse(Trouble trouble) throws IOException {
        switch (trouble) {
            case NO_BLOCKS -> fill(path.resolve("filler"), new byte[BLOCK_BYTES]);
            case NO_INODES -> {
                for (int i = 0; fill(path.resolve("filler" + i), new byte[0]); i++) {}
            }
            case READ_ONLY ->
                check("remount", Libc.mount("none", path.toString(), null, Libc.MS_REMOUNT | Libc.MS_RDONLY));
        }
    }

    /** Writes until there is no room. Returns whether the file was made. */
    private static boolean fill(Path file, byte[] block) throws IOException {
        try {
            Files.createFile(file);
        } catch (IOException full) {
            return false;
        }
        try (var out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
            while (block.length > 0) {
                out.write(block);
            }
            return true;
        } catch (IOException full) {
            return true;
        }
    }

    /** Ends the trouble. */
    public void allow() throws IOException {
        check("remount", Libc.mount("none", path.toString(), null, Libc.MS_REMOUNT));
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.filter(TinyDisk::isFiller).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Every file below that is not there to fill it. */
    public List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !isFiller(file))
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private static boolean isFiller(Path file) {
        return file.getFileName().toString().startsWith("filler");
    }

    private static void check(String call, int result) {
        if (result < 0) {
            throw new KernelRefused(call, "tiny disk", -result);
        }
    }
}
