// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.l34gateway.lab.process.Progress;
import org.l34gateway.lab.tools.ToolCache;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Commands that run the machine's Maven over the whole reactor. More arguments go to Maven as they are. */
public final class MavenCommands {
    private MavenCommands() {}

    /** The whole test suite. */
    @Command(
            name = "test",
            mixinStandardHelpOptions = true,
            description = {
                "Run every test: unit, kernel (network namespaces) and cluster; needs root.",
                "With the word reliability: what connections lose while things change, each event several times"
                        + " (-Dreliability.runs=N, default 5)."
            })
    public static final class Test implements Callable<Integer> {
        private static final String RELIABILITY = "reliability";

        @Unmatched
        private List<String> more = new ArrayList<>();

        @Override
        public Integer call() {
            // Tests of single modules use the real API server too; the first of them would find no tools otherwise.
            ToolCache.ofCaller().ready(new Progress(System.out));
            return reported(goals(more.remove(RELIABILITY)), more);
        }

        private static List<String> goals(boolean reliability) {
            List<String> goals = new ArrayList<>(
                    List.of("verify", "-Dnative.required=true", "-Dnative.aarch64.gcc=aarch64-linux-gnu-gcc"));
            if (reliability) {
                goals.addAll(List.of("-Dgroups=" + RELIABILITY, "-DexcludedGroups=", "-Dreliability.runs=5"));
            }
            return goals;
        }
    }

    /** What needs no root. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Run formatting, static analysis and unit tests; minutes, no root")
    public static final class Check implements Callable<Integer> {
        @Unmatched
        private List<String> more = new ArrayList<>();

        @Override
        public Integer call() {
            return maven(List.of("verify", "-DexcludedGroups=kernel,cluster"), more);
        }
    }

    /** Tests that draw their cases, with very many of them. */
    @Command(
            name = "soak",
            mixinStandardHelpOptions = true,
            description = {
                "Run the tests that draw their cases with very many of them; two hours, needs root.",
                "The dials: -Ddifferential.programs=N, -Dslots.subsets=N, -Dfuzz.rounds=N, -Dcni.schedules=N.",
                "-Dseed=N repeats a run."
            })
    public static final class Soak implements Callable<Integer> {
        private static final List<String> GOALS = List.of(
                "verify",
                "-Dgroups=soak",
                "-Ddifferential.programs=10000",
                "-Dslots.subsets=4000",
                "-Dfuzz.rounds=100000",
                "-Dcni.schedules=10000");

        @Unmatched
        private List<String> more = new ArrayList<>();

        @Override
        public Integer call() {
            // What the caller says counts.
            List<String> goals = new ArrayList<>(GOALS);
            goals.removeIf(goal -> more.stream().anyMatch(word -> word.startsWith(goal.replaceAll("=.*", "="))));
            return reported(goals, more);
        }
    }

    /** Rewrites the expected texts. */
    @Command(
            name = "golden",
            mixinStandardHelpOptions = true,
            description = "Rewrite the golden files of the tests from what the code makes now; then read the diff")
    public static final class Golden implements Callable<Integer> {
        @Unmatched
        private List<String> more = new ArrayList<>();

        @Override
        public Integer call() {
            return maven(List.of("verify", "-DexcludedGroups=kernel,cluster", "-Dgolden=update"), more);
        }
    }

    /** Formats the sources. */
    @Command(name = "fmt", mixinStandardHelpOptions = true, description = "Format all sources")
    public static final class Format implements Callable<Integer> {
        @Unmatched
        private List<String> more = new ArrayList<>();

        @Override
        public Integer call() {
            return maven(List.of("spotless:apply"), more);
        }
    }

    /** Runs Maven and says at last what the tests came to. */
    private static int reported(List<String> goals, List<String> more) {
        Instant begin = Instant.now();
        int exit = maven(goals, more);
        return exit != 0 ? exit : TestReports.of(root(), begin).show(System.out, System.getenv("CI") != null);
    }

    private static int maven(List<String> goals, List<String> more) {
        var words = new ArrayList<>(List.of("mvn", "--batch-mode"));
        words.addAll(goals);
        words.addAll(more);
        System.out.println(String.join(" ", words));
        var builder = new ProcessBuilder(words).directory(root().toFile()).inheritIO();
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        try {
            return builder.start().waitFor();
        } catch (IOException e) {
            throw new IllegalStateException("mvn can not be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Maven ran", e);
        }
    }

    private static Path root() {
        return Path.of(System.getProperty("l34.root", "."));
    }
}
