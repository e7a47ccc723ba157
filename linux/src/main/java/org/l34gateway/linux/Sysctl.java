// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Kernel parameters below a {@code /proc/sys}. Those under {@code net} are the ones of the calling thread's network
 * namespace, so call this inside {@link Netns#call} for another one.
 *
 * @param root normally {@code /proc/sys}; another mount of procfs where that one is read-only
 */
public record Sysctl(Path root) {
    /** The machine's own. */
    public static final Sysctl SYSTEM = new Sysctl(Path.of("/proc/sys"));

    /**
     * Reads a parameter, without the newline.
     *
     * @param name path below the root, such as {@code net/ipv4/ip_forward}
     */
    public String read(String name) {
        try {
            return Files.readString(file(name)).strip();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Writes a parameter. */
    public void write(String name, String value) {
        try {
            Files.writeString(file(name), value);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Path file(String name) {
        Path file = root.resolve(name).normalize();
        if (!file.startsWith(root)) {
            throw new IllegalArgumentException("sysctl outside " + root + ": " + name);
        }
        return file;
    }
}
