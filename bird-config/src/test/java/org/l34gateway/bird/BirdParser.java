// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The real BIRD as judge of texts: {@code bird -p}. */
record BirdParser(Path directory) {
    private static final List<Path> PLACES = List.of(Path.of("/usr/sbin/bird"), Path.of("/usr/bin/bird"));

    static Path executable() {
        Path found = PLACES.stream().filter(Files::isExecutable).findFirst().orElse(Path.of("bird"));
        assumeTrue(Files.isExecutable(found), "no BIRD on this machine: install Debian's bird2");
        return found;
    }

    /** What BIRD says about the generated text inside the base configuration; empty when it takes it. */
    String judge(String generated) throws IOException, InterruptedException {
        var shared = new BirdDirectory(directory);
        Files.writeString(shared.generatedFile(), generated);
        Path base = directory.resolve("base");
        Files.writeString(base, shared.baseConfiguration());
        Process bird = new ProcessBuilder(executable().toString(), "-p", "-c", base.toString())
                .redirectErrorStream(true)
                .start();
        String words = new String(bird.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = bird.waitFor();
        return exit == 0 ? words : "exit " + exit + ": " + words;
    }
}
