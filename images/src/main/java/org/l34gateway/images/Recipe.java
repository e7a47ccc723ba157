// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one image is made of.
 *
 * @param name last part of the image's name: {@code l34-gateway}
 * @param entrypoint the program with its fixed arguments
 * @param command default arguments after it
 */
public record Recipe(
        String name,
        List<Layer> layers,
        List<String> entrypoint,
        List<String> command,
        Map<String, String> environment) {
    /** Keeps copies. */
    public Recipe {
        layers = List.copyOf(layers);
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** SHA-256 over everything that is in the image: equal fingerprints, equal images. 64 hex digits. */
    public String fingerprint() {
        MessageDigest hash = sha256();
        line(hash, name + entrypoint + command + new TreeMap<>(environment));
        for (var layer : layers) {
            line(hash, layer.name());
            for (var file : layer.files()) {
                line(hash, file.target() + " " + file.executable());
                hash.update(contentHash(file));
            }
        }
        return HexFormat.of().formatHex(hash.digest());
    }

    private static byte[] contentHash(LayerFile file) {
        MessageDigest hash = sha256();
        byte[] buffer = new byte[64 << 10];
        try (InputStream in = Files.newInputStream(file.source())) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) hash.update(buffer, 0, read);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(file.source() + " cannot be read", unreadable);
        }
        return hash.digest();
    }

    private static void line(MessageDigest hash, String text) {
        hash.update((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
