// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Pattern;

/**
 * The directory that BIRD and the gateway agent share, under the same path in both containers: the generated file,
 * which BIRD's base configuration includes by the pattern {@code *.conf}, and the control socket.
 *
 * @param path absolute, of letters, digits and {@code / . _ -} only, because it stands in BIRD's configuration
 */
public record BirdDirectory(Path path) {
    private static final Pattern ALLOWED = Pattern.compile("/[A-Za-z0-9/._-]*");

    /** As the base configuration of the image has it. */
    public static final BirdDirectory OF_THE_IMAGE = new BirdDirectory(Path.of("/run/l34/bird"));

    /** @throws IllegalArgumentException when the path can not stand in a configuration; the message quotes it */
    public BirdDirectory {
        if (!ALLOWED.matcher(path.toString()).matches()) {
            throw new IllegalArgumentException("BIRD's directory is an absolute path of A-Z a-z 0-9 / . _ -, got "
                    + PlainText.quoted(path.toString()));
        }
    }

    /** Where BIRD listens when it is started with {@code -s} and this path. */
    public Path controlSocket() {
        return path.resolve("bird.ctl");
    }

    /** The file that BIRD reads at its start and at every {@code configure}. */
    public Path generatedFile() {
        return path.resolve("l34.conf");
    }

    /** The base configuration that the image has as {@code /etc/bird/bird.conf}, for this directory. */
    public String baseConfiguration() {
        return ofTheImage().replace(OF_THE_IMAGE.path.toString(), path.toString());
    }

    /** A whole configuration that includes the candidate in place of the generated files: for {@code configure check}. */
    Path candidateConfiguration() {
        return path.resolve("candidate");
    }

    /**
     * Writes the text where only {@code configure check} reads it.
     *
     * @throws UncheckedIOException when the directory can not be written
     */
    void writeCandidate(String text) {
        try {
            Files.writeString(candidate(), text);
            String whole = baseConfiguration()
                    .replace("*.conf", candidate().getFileName().toString());
            Files.writeString(candidateConfiguration(), whole);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + candidate(), e);
        }
    }

    /**
     * Makes the candidate the generated file, in one step: BIRD never reads half a file.
     *
     * @throws UncheckedIOException when the directory can not be written
     */
    void promoteCandidate() {
        try {
            Files.move(
                    candidate(), generatedFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + generatedFile(), e);
        }
    }

    /** Not matched by {@code *.conf}. */
    private Path candidate() {
        return path.resolve("l34.conf.new");
    }

    private static String ofTheImage() {
        try (InputStream resource = BirdDirectory.class.getResourceAsStream("bird.conf")) {
            if (resource == null) {
                throw new IllegalStateException("bird.conf is missing beside " + BirdDirectory.class);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read bird.conf of " + BirdDirectory.class, e);
        }
    }
}
