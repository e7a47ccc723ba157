// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Programs of the build machine: jlink, java, apt, dpkg-deb. */
public final class Command {
    private Command() {}

    /**
     * Runs a program and returns what it said on stdout.
     *
     * @throws IllegalStateException with the command line and its stderr when it exits with another code than 0
     * @throws IOException when it cannot be started
     */
    public static String output(Path directory, List<String> line) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(line).directory(directory.toFile());
        // Messages and field names in the language that the parsers know.
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        process.getOutputStream().close();
        var errors = new StringBuilder();
        Thread reader = Thread.ofVirtual().start(() -> {
            try {
                errors.append(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException ended) {
                errors.append(ended.getMessage());
            }
        });
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        reader.join();
        if (code != 0)
            throw new IllegalStateException(
                    String.join(" ", line) + " exited with " + code + ": " + (errors + output).strip());
        return output;
    }
}
