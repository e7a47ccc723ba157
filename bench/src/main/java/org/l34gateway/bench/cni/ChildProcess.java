// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.l34gateway.linux.Libc;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;

/**
 * Runs a program from its start until it is reaped: posix_spawn(3), wait4(2). {@link ProcessBuilder} starts a program of its own
 * first and reaps on another thread: with it, /bin/true takes 1.8 ms instead of 0.7, and a plugin takes one or two.
 */
final class ChildProcess {
    /** What Linux gives a pipe. Input is in it before the program starts, output until it has ended. */
    private static final int PIPE_BYTES = 1 << 16;

    /** Larger than posix_spawn_file_actions_t of any C library. */
    private static final int FILE_ACTIONS_BYTES = 256;

    private static final int FIRST_UNUSED_FD = 3;
    /** What shells say of a program that a signal ended. */
    private static final int SIGNALLED = 128;

    private ChildProcess() {}

    /**
     * What became of it.
     *
     * @param exitCode 128 and the signal's number when a signal ended it
     * @param wallNanos from before its start until it was reaped
     * @param cpuMicros user and system time, with those of its children
     */
    record Ended(int exitCode, String stdout, String stderr, long wallNanos, long cpuMicros) {}

    /**
     * Runs it in the calling thread's namespaces with this environment, this input and no other open file.
     *
     * @param words the first is a path
     * @param stdin fits into a pipe; so must the output, or the program never ends
     * @throws KernelRefused when it can not be started
     */
    static Ended run(List<String> words, Map<String, String> environment, String stdin) {
        byte[] input = stdin.getBytes(UTF_8);
        if (input.length > PIPE_BYTES) {
            throw new IllegalArgumentException("input of " + input.length + " bytes does not fit into a pipe");
        }
        String[] variables = environment.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .toArray(String[]::new);
        try (Pipe in = Pipe.open();
                Pipe out = Pipe.open();
                Pipe err = Pipe.open();
                StringArray argv = new StringArray(words.toArray(String[]::new), UTF_8.name());
                StringArray envp = new StringArray(variables, UTF_8.name());
                Memory actions = new Memory(FILE_ACTIONS_BYTES)) {
            C.posix_spawn_file_actions_init(actions);
            C.posix_spawn_file_actions_adddup2(actions, in.readEnd(), 0);
            C.posix_spawn_file_actions_adddup2(actions, out.writeEnd(), 1);
            C.posix_spawn_file_actions_adddup2(actions, err.writeEnd(), 2);
            C.posix_spawn_file_actions_addclosefrom_np(actions, FIRST_UNUSED_FD);
            Libc.write(in.writeEnd(), input, input.length);
            in.closeWriteEnd();
            byte[] path = Native.toByteArray(words.getFirst(), UTF_8);
            int[] pid = new int[1];
            int[] status = new int[1];
            long[] usage = new long[Usage.WORDS];
            long begin = System.nanoTime();
            int refused = C.posix_spawn(pid, path, actions, null, argv, envp);
            if (refused != 0) {
                throw new KernelRefused("posix_spawn", words.getFirst(), refused);
            }
            reap(pid[0], status, usage);
            long nanos = System.nanoTime() - begin;
            C.posix_spawn_file_actions_destroy(actions);
            return new Ended(exitCode(status[0]), out.rest(), err.rest(), nanos, Usage.cpuMicros(usage));
        }
    }

    private static void reap(int pid, int[] status, long[] usage) {
        while (true) {
            try {
                C.wait4(pid, status, 0, usage);
                return;
            } catch (LastErrorException refused) {
                if (refused.getErrorCode() != Errno.EINTR) {
                    throw new KernelRefused("wait4", "process " + pid, refused.getErrorCode());
                }
            }
        }
    }

    private static int exitCode(int status) {
        int signal = status & 0x7F;
        return signal == 0 ? status >>> 8 & 0xFF : SIGNALLED + signal;
    }

    /** struct rusage of 64-bit Linux: two struct timeval (seconds, microseconds), then 14 numbers. */
    private static final class Usage {
        static final int WORDS = 18;
        private static final long MICROS = 1_000_000;

        static long cpuMicros(long[] usage) {
            return (usage[0] + usage[2]) * MICROS + usage[1] + usage[3];
        }
    }

    /** Both ends are closed in programs that are started, unless an action says otherwise. */
    private static final class Pipe implements AutoCloseable {
        private final int[] ends;

        private Pipe(int[] ends) {
            this.ends = ends;
        }

        static Pipe open() {
            int[] ends = new int[2];
            try {
                C.pipe2(ends, Libc.O_CLOEXEC);
            } catch (LastErrorException refused) {
                throw new KernelRefused("pipe2", "", refused.getErrorCode());
            }
            return new Pipe(ends);
        }

        int readEnd() {
            return ends[0];
        }

        int writeEnd() {
            return ends[1];
        }

        void closeWriteEnd() {
            Libc.close(ends[1]);
            ends[1] = -1;
        }

        /** What is in it, when nobody writes to it any more. */
        String rest() {
            closeWriteEnd();
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            byte[] buffer = new byte[PIPE_BYTES];
            for (int count = Libc.read(ends[0], buffer); count > 0; count = Libc.read(ends[0], buffer)) {
                all.write(buffer, 0, count);
            }
            return all.toString(UTF_8);
        }

        @Override
        public void close() {
            Libc.close(ends[0]);
            if (ends[1] >= 0) {
                closeWriteEnd();
            }
        }
    }

    /** JNA binds these at first use. */
    private static final class C {
        static {
            Native.register(C.class, "c");
        }

        static native int pipe2(int[] ends, int flags) throws LastErrorException;

        static native int posix_spawn_file_actions_init(Pointer actions);

        static native int posix_spawn_file_actions_destroy(Pointer actions);

        static native int posix_spawn_file_actions_adddup2(Pointer actions, int fd, int as);

        static native int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int from);

        static native int posix_spawn(
                int[] pid, byte[] path, Pointer actions, @Nullable Pointer attributes, Pointer argv, Pointer envp);

        static native int wait4(int pid, int[] status, int options, long[] usage) throws LastErrorException;
    }
}
