// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program with its arguments, ready to run. It sees a small environment only ({@code PATH}, {@code HOME}, {@code TERM}
 * and what {@link #with(String, String)} adds), so that a proxy or a KUBECONFIG of the caller never reaches the lab.
 *
 * @param words program and arguments
 * @param environment added to the small environment
 * @param directory where it runs; null: where the caller is
 * @param input what it reads from standard input; null: nothing
 */
public record Command(
        List<String> words,
        Map<String, String> environment,
        @Nullable Path directory,
        @Nullable String input) {

    /** Longer than any step that is not a build. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private static final List<String> KEPT = List.of("PATH", "HOME", "TERM", "LANG", "USER");

    public Command {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a command needs a program");
        }
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    public static Command of(String... words) {
        return of(List.of(words));
    }

    public static Command of(List<String> words) {
        return new Command(words, Map.of(), null, null);
    }

    /** This command with {@code more} arguments at its end. */
    public Command plus(List<String> more) {
        var all = new ArrayList<>(words);
        all.addAll(more);
        return new Command(all, environment, directory, input);
    }

    public Command with(String variable, String value) {
        var more = new HashMap<>(environment);
        more.put(variable, value);
        return new Command(words, more, directory, input);
    }

    public Command in(Path folder) {
        return new Command(words, environment, folder, input);
    }

    public Command reading(String text) {
        return new Command(words, environment, directory, text);
    }

    /** Runs it to its end, at most five minutes, and keeps what it printed. */
    public Outcome run() {
        return run(LIMIT);
    }

    /**
     * Runs it to its end and keeps what it printed. A command that takes longer than {@code limit} is ended and counts as
     * failed with exit code 124, as timeout(1) does.
     */
    public Outcome run(Duration limit) {
        try {
            Process process = builder().start();
            var out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()), Readers.POOL);
            var err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()), Readers.POOL);
            feed(process);
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                return new Outcome(this, 124, out.join(), err.join() + "ended after " + limit.toSeconds() + " s");
            }
            return new Outcome(this, process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            return new Outcome(this, 127, "", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed(this + " was interrupted", e);
        }
    }

    /**
     * What it printed; white space at the end is cut.
     *
     * @throws CommandFailed when its exit code is not 0
     */
    public String output() {
        return run().orThrow().out().stripTrailing();
    }

    /** Runs it on the terminal of the caller and returns its exit code. */
    public int onTerminal() {
        try {
            return builder().inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new CommandFailed(this + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed(this + " was interrupted", e);
        }
    }

    /** Starts it and hands out the process: whoever calls this has to end it. */
    public Process start() {
        try {
            return builder().start();
        } catch (IOException e) {
            throw new CommandFailed(this + ": " + e.getMessage(), e);
        }
    }

    private void feed(Process process) throws IOException {
        try (var stdin = process.getOutputStream()) {
            if (input != null) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // A program that ends before it has read everything says why by its exit code.
            if (process.isAlive()) {
                throw e;
            }
        }
    }

    private ProcessBuilder builder() {
        var builder = new ProcessBuilder(words);
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        Map<String, String> all = builder.environment();
        all.keySet().retainAll(KEPT);
        all.putAll(environment);
        return builder;
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The words with spaces between, for messages. */
    @Override
    public String toString() {
        return String.join(" ", words);
    }
}
