// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * libnftables (Debian libnftables1, version 1.0.6 or later) with its context kept open: no process is started and names
 * are not looked up again for each command.
 *
 * <p>The context opens its netlink socket when it is made, in the calling thread's network namespace, and stays in that
 * namespace whatever thread uses it later. Only matches by interface index ({@code iif}) would look at the namespace of the
 * thread that runs a command: use names ({@code iifname}). Safe for use by several threads; commands run one after another.
 */
public final class Nftables implements AutoCloseable {
    // Flags of nft_ctx_output_set_flags (nftables/libnftables.h).
    private static final int JSON = 1 << 4;
    private static final int NUMERIC_PRIORITY = 1 << 8;
    private static final int NUMERIC_SYMBOLS = 1 << 9;
    private static final int TERSE = 1 << 11;

    /** From this size on, what libnftables took from the heap for commands and lists is given back. */
    private static final int LARGE_BYTES = 100_000;

    private @Nullable Pointer context;
    /** What a list took is freed by the next command only. */
    private boolean wasLarge;

    private Nftables(Pointer context) {
        this.context = context;
    }

    /**
     * Opens a context for the calling thread's network namespace.
     *
     * @throws UnsatisfiedLinkError when the library is not installed
     * @throws NftablesRefused when no context can be had
     */
    public static Nftables open() {
        Pointer context = C.nft_ctx_new(0);
        if (context == null) {
            throw new NftablesRefused("nft_ctx_new", "no context");
        }
        if (C.nft_ctx_buffer_output(context) != 0 || C.nft_ctx_buffer_error(context) != 0) {
            C.nft_ctx_free(context);
            throw new NftablesRefused("nft_ctx_buffer_output", "out of memory");
        }
        return new Nftables(context);
    }

    /**
     * Runs commands as one transaction: all of them or none, and no packet sees a part.
     *
     * @param commands in nft(8)'s own language, one per line
     * @throws NftablesRefused when one of them is wrong or the kernel refuses it
     */
    public void run(String commands) {
        execute(commands, 0, false);
    }

    /**
     * Judges commands as {@link #run} would, by libnftables and by the kernel, and does nothing.
     *
     * @throws NftablesRefused when one of them is wrong or the kernel would refuse it
     */
    public void check(String commands) {
        execute(commands, 0, true);
    }

    /**
     * Runs a command that lists something; numbers stay numbers.
     *
     * @param command such as {@code list map inet t m}
     * @return JSON as in libnftables-json(5)
     * @throws NftablesRefused when there is no such thing
     */
    public String list(String command) {
        return execute(command, JSON | NUMERIC_PRIORITY | NUMERIC_SYMBOLS, false);
    }

    /**
     * As {@link #list}, without the elements of sets and maps. Quick for {@code list chains}, {@code list sets} and {@code list maps}; for
     * whole tables, chains and rules libnftables 1.0.6 fetches all elements nevertheless: see {@link NftablesRules}.
     */
    public String listWithoutElements(String command) {
        return execute(command, JSON | NUMERIC_PRIORITY | NUMERIC_SYMBOLS | TERSE, false);
    }

    private synchronized String execute(String commands, int outputFlags, boolean dryRun) {
        Pointer open = context;
        if (open == null) {
            throw new IllegalStateException("the nftables context is closed");
        }
        C.nft_ctx_output_set_flags(open, outputFlags);
        C.nft_ctx_set_dry_run(open, dryRun);
        int result = C.nft_run_cmd_from_buffer(open, Native.toByteArray(commands, StandardCharsets.UTF_8));
        // Reading a buffer also empties it, so both are read whatever the result is.
        String output = text(C.nft_ctx_get_output_buffer(open));
        String errors = text(C.nft_ctx_get_error_buffer(open));
        boolean large = commands.length() + output.length() > LARGE_BYTES;
        if (large || wasLarge) {
            Heap.malloc_trim(0);
        }
        wasLarge = large;
        if (result != 0) {
            throw new NftablesRefused(commands, errors);
        }
        return output;
    }

    private static String text(@Nullable Pointer buffer) {
        return buffer == null ? "" : buffer.getString(0, "UTF-8");
    }

    @Override
    public synchronized void close() {
        Pointer open = context;
        if (open != null) {
            context = null;
            C.nft_ctx_free(open);
        }
    }

    /** glibc keeps freed memory otherwise: some 60 MiB after a list of 130,000 elements. */
    private static final class Heap {
        static {
            Native.register(Heap.class, "c");
        }

        static native int malloc_trim(long keepBytes);
    }

    /** JNA binds these at first use. */
    private static final class C {
        static {
            Native.register(C.class, "libnftables.so.1");
        }

        static native @Nullable Pointer nft_ctx_new(int flags);

        static native void nft_ctx_free(Pointer context);

        static native int nft_ctx_buffer_output(Pointer context);

        static native int nft_ctx_buffer_error(Pointer context);

        static native @Nullable Pointer nft_ctx_get_output_buffer(Pointer context);

        static native @Nullable Pointer nft_ctx_get_error_buffer(Pointer context);

        static native void nft_ctx_output_set_flags(Pointer context, int flags);

        static native void nft_ctx_set_dry_run(Pointer context, boolean dry);

        static native int nft_run_cmd_from_buffer(Pointer context, byte[] commands);
    }
}
