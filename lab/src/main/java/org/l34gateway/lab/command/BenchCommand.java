// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Builds the module {@code bench} and runs it as a process of its own; the arguments are its own. Nothing but its answer goes to standard output. */
@Command(
        name = "bench",
        description = {
            "Benchmarks, which need root and an idle machine: data-plane, cni, and pods on a lab that is up.",
            "./l34 bench cni --help says what is measured."
        })
public final class BenchCommand implements Callable<Integer> {
    /** Its class path, and the executables that it measures. */
    private static final String MODULES = "bench,cni-vip-plugin,cni-sbr-plugin";

    private static final String MAIN = "org.l34gateway.bench.BenchMain";

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = Path.of(System.getProperty("l34.root", "."));
        int built = run(root, List.of("sh", "-c", "exec mvn -B -q -pl " + MODULES + " -am package -DskipTests >&2"));
        if (built != 0) {
            return built;
        }
        Path target = root.resolve("bench/target");
        String libraries = Files.readString(target.resolve("bench.classpath")).strip();
        List<String> java = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dl34.root=" + root,
                "-cp",
                target.resolve("classes") + ":" + libraries,
                MAIN));
        java.addAll(arguments);
        return run(root, java);
    }

    private static int run(Path root, List<String> words) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(root.toFile()).inheritIO();
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        // Ctrl-C reaches it too, and it may have to tidy up: the terminal is the caller's again when it has.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> process.onExit().join()));
        return process.waitFor();
    }
}
