// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
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

    private static final int MAX_BYTES = 4096; // a page: the kernel gives no more at once

    /**
     * Reads a parameter, without the newline.
     *
     * @param name path below the root, such as {@code net/ipv4/ip_forward}
     */
    public String read(String name) {
        // With one call: a number that is read in pieces ends after the first, and readString reads one byte first.
        byte[] content = new byte[MAX_BYTES];
        try (InputStream in = Files.newInputStream(file(name))) {
            return new String(content, 0, Math.max(0, in.read(content)), UTF_8).strip();
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
