// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.l34gateway.lab.process.Command;
import org.l34gateway.lab.process.CommandFailed;
import org.l34gateway.lab.process.Outcome;
import org.l34gateway.lab.process.Progress;

/**
 * The build of one tool into its folder of the cache. The folder appears by a rename when everything is in it; a lock file
 * lets one process build while others wait for its result.
 */
record ToolBuild(Tool tool, Path folder, Progress progress) {
    private static final Duration LIMIT = Duration.ofHours(1);
    private static final int REPORT_SECONDS = 30;

    Path run() throws IOException {
        Files.createDirectories(folder.getParent());
        Path lock = folder.resolveSibling(folder.getFileName() + ".lock");
        try (var channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            if (!Files.isDirectory(folder)) {
                build();
            }
        }
        Files.deleteIfExists(lock);
        return folder;
    }

    private void build() throws IOException {
        Path work = Files.createTempDirectory(folder.getParent(), folder.getFileName() + ".build");
        long begin = System.nanoTime();
        progress.say("building " + tool + " …");
        try (var reporter = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().factory())) {
            var reports = reporter.scheduleAtFixedRate(
                    () -> progress.say("building " + tool + " … " + seconds(begin) + " s"),
                    REPORT_SECONDS,
                    REPORT_SECONDS,
                    TimeUnit.SECONDS);
            try {
                Path module = Files.createDirectory(work.resolve("module"));
                for (String file : ToolCache.PINS) {
                    Files.write(module.resolve(file), ToolCache.pin(tool, file));
                }
                Path result = Files.createDirectory(work.resolve("result"));
                compile(module, result);
                copyFiles(module, result);
                Files.move(result, folder, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                reports.cancel(true);
            }
        } finally {
            Folders.delete(work);
        }
        progress.say("built " + tool + " (" + seconds(begin) + " s)");
    }

    private void compile(Path module, Path result) throws IOException {
        if (tool.programs().isEmpty()) {
            return;
        }
        // One call for all programs: they share packages, and are linked in parallel.
        var words = new ArrayList<>(List.of(Go.find().program(), "build"));
        words.addAll(flags(tool));
        words.add("-o");
        words.add(result + "/");
        words.addAll(new TreeMap<>(tool.programs()).values());
        go(words, module);
        for (var program : tool.programs().entrySet()) {
            Path built = result.resolve(builtName(program.getValue()));
            Files.move(built, result.resolve(program.getKey()), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Go names a program after the last part of its package that is no version. */
    static String builtName(String goPackage) {
        var parts = List.of(goPackage.split("/"));
        String last = parts.getLast();
        return last.matches("v[0-9]+") ? parts.get(parts.size() - 2) : last;
    }

    private void copyFiles(Path module, Path result) throws IOException {
        if (tool.files().isEmpty()) {
            return;
        }
        var answer = go(List.of(Go.find().program(), "mod", "download", "-json", tool.module()), module);
        Path source =
                Path.of(new ObjectMapper().readTree(answer.out()).get("Dir").asText());
        Path files = Files.createDirectory(result.resolve("files"));
        for (String beginning : tool.files()) {
            try (Stream<Path> found = Files.walk(source)) {
                for (Path file : found.filter(Files::isRegularFile).toList()) {
                    if (source.relativize(file).toString().startsWith(beginning)) {
                        Files.copy(file, files.resolve(file.getFileName()));
                    }
                }
            }
        }
    }

    private static Outcome go(List<String> words, Path module) {
        var command = Command.of(words).in(module).with("CGO_ENABLED", "0").with("GOFLAGS", "-mod=readonly");
        // Where modules come from, and through which proxy, is the caller's affair.
        for (var variable : System.getenv().entrySet()) {
            String name = variable.getKey();
            boolean goes = name.startsWith("GO") && !name.equals("GOFLAGS");
            if (goes || name.toLowerCase(Locale.ROOT).endsWith("_proxy") || name.startsWith("SSL_CERT")) {
                command = command.with(name, variable.getValue());
            }
        }
        var outcome = command.run(LIMIT);
        if (!outcome.good()) {
            throw new CommandFailed(command + ": " + outcome.err().strip());
        }
        return outcome;
    }

    /** What decides the binaries beside the sources. */
    static List<String> flags(Tool tool) {
        return List.of("-trimpath", "-buildvcs=false", "-ldflags", ("-s -w " + tool.linkerFlags()).strip());
    }

    private static long seconds(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin).toSeconds();
    }
}
