// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.CniProcess;
import org.l34gateway.cni.Plugin;
import org.l34gateway.cni.host.Host;
import org.l34gateway.cni.host.JvmHost;
import org.l34gateway.cni.host.Namespace;

/** One way to run a plugin: the classes in this JVM, or the native executable. Every test of behaviour runs with both. */
public sealed interface PluginExecutable {
    Answer run(Map<String, String> env, byte[] stdin);

    /** Every way that there is: {@link #ofThisMachine}, and the executable for aarch64 where one was built. */
    static List<PluginExecutable> of(Plugin plugin) {
        List<PluginExecutable> ways = ofThisMachine(plugin);
        Path executable = Path.of("target/native-aarch64", plugin.name());
        if (Files.isExecutable(executable) && Files.isExecutable(Emulated.QEMU)) {
            ways.add(new Emulated(executable.toAbsolutePath()));
        }
        return ways;
    }

    /** Ways that reach the kernel as it is; only the first where the build made no executable for lack of gcc. */
    static List<PluginExecutable> ofThisMachine(Plugin plugin) {
        List<PluginExecutable> ways = new ArrayList<>();
        ways.add(new InThisJvm(plugin));
        Path executable = Path.of("target/native", plugin.name());
        if (Files.isExecutable(executable)) {
            ways.add(new Native(executable.toAbsolutePath()));
        } else if (Boolean.getBoolean("native.required")) {
            throw new AssertionError(executable + " was not built");
        }
        return ways;
    }

    private static Answer process(List<String> command, Map<String, String> env, byte[] stdin) {
        try {
            Process process = start(command, env);
            try (var in = process.getOutputStream()) {
                in.write(stdin);
            } catch (IOException closed) {
                // It ended without reading, as VERSION does.
            }
            String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String stderr = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(process.waitFor(), stdout, stderr);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static Process start(List<String> command, Map<String, String> env) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(env);
        return builder.start();
    }

    /** The executable that TeaVM and gcc made. */
    record Native(Path file) implements PluginExecutable {
        @Override
        public Answer run(Map<String, String> env, byte[] stdin) {
            return process(List.of(file.toString()), env, stdin);
        }

        /** Starts it with this environment and nothing else; standard input is open. */
        public Process start(Map<String, String> env) throws IOException {
            return PluginExecutable.start(List.of(file.toString()), env);
        }

        @Override
        public String toString() {
            return "native executable";
        }
    }

    /**
     * The executable for aarch64 on another machine: qemu translates its system calls for this kernel. Of rtnetlink it knows
     * links, addresses and routes, and answers EOPNOTSUPP to rules and neighbours (7.2, linux-user/fd-trans.c).
     */
    record Emulated(Path file) implements PluginExecutable {
        private static final Path QEMU = Path.of("/usr/bin/qemu-aarch64-static");

        @Override
        public Answer run(Map<String, String> env, byte[] stdin) {
            return process(List.of(QEMU.toString(), file.toString()), env, stdin);
        }

        @Override
        public String toString() {
            return "executable for aarch64";
        }
    }

    /** The same classes on the JVM host. */
    record InThisJvm(Plugin plugin) implements PluginExecutable {
        @Override
        public Answer run(Map<String, String> env, byte[] stdin) {
            var host = new Redirected(new JvmHost(), env, stdin);
            int exitCode = CniProcess.run(host, plugin);
            return new Answer(exitCode, host.stdout.toString(StandardCharsets.UTF_8), "");
        }

        @Override
        public String toString() {
            return "JVM";
        }
    }

    /** The JVM host with an environment, an input and an output of its own. */
    final class Redirected implements Host {
        private final JvmHost real;
        private final Map<String, String> env;
        private final byte[] stdin;
        private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        private int at;

        Redirected(JvmHost real, Map<String, String> env, byte[] stdin) {
            this.real = real;
            this.env = env;
            this.stdin = stdin;
        }

        @Override
        public @Nullable String env(String name) {
            return env.get(name);
        }

        @Override
        public int read(int fd, byte[] buffer) {
            if (fd != STDIN) {
                return real.read(fd, buffer);
            }
            int count = Math.min(buffer.length, stdin.length - at);
            System.arraycopy(stdin, at, buffer, 0, count);
            at += count;
            return count;
        }

        @Override
        public int write(int fd, byte[] bytes, int from) {
            if (fd != STDOUT) {
                return real.write(fd, bytes, from);
            }
            stdout.writeBytes(Arrays.copyOfRange(bytes, from, bytes.length));
            return bytes.length - from;
        }

        @Override
        public int open(String path, int flags, int mode) {
            return real.open(path, flags, mode);
        }

        @Override
        public int close(int fd) {
            return real.close(fd);
        }

        @Override
        public int rename(String from, String to) {
            return real.rename(from, to);
        }

        @Override
        public int unlink(String path) {
            return real.unlink(path);
        }

        @Override
        public int mkdir(String path, int mode) {
            return real.mkdir(path, mode);
        }

        @Override
        public int tryLock(int fd) {
            return real.tryLock(fd);
        }

        @Override
        public boolean isAt(int fd, String path) {
            return real.isAt(fd, path);
        }

        @Override
        public int list(String directory, String prefix, List<String> names) {
            return real.list(directory, prefix, names);
        }

        @Override
        public void pauseMillis(int millis) {
            real.pauseMillis(millis);
        }

        @Override
        public Namespace namespace(String path) {
            return real.namespace(path);
        }
    }
}
