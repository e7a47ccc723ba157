// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import org.l34gateway.netlink.KernelRefused;

/** Where and when threads run (sched(7)). */
public final class Cpu {
    /** The last one, on which everything happens that is timed. */
    public static final int MEASURED = Runtime.getRuntime().availableProcessors() - 1;

    private static final int SCHED_FIFO = 1;
    private static final int LEAST_PRIORITY = 1;
    private static final int MASK_BYTES = 128;

    private Cpu() {}

    /**
     * Keeps the calling thread on {@link #MEASURED}, which nobody else gets before it waits or lets others run: what else the
     * machine does is not measured. Needs CAP_SYS_NICE.
     */
    public static void take() {
        byte[] mask = new byte[MASK_BYTES];
        mask[MEASURED / 8] = (byte) (1 << MEASURED % 8);
        try {
            C.sched_setaffinity(0, mask.length, mask);
            C.sched_setscheduler(0, SCHED_FIFO, new int[] {LEAST_PRIORITY});
        } catch (LastErrorException refused) {
            throw new KernelRefused("sched_setaffinity, sched_setscheduler", "CPU " + MEASURED, refused.getErrorCode());
        }
    }

    /** Lets those run that have taken the calling thread's CPU too. */
    static void letOthersRun() {
        C.sched_yield();
    }

    /** JNA binds these at first use. */
    private static final class C {
        static {
            Native.register(C.class, "c");
        }

        static native int sched_yield();

        static native int sched_setscheduler(int thread, int policy, int[] priority) throws LastErrorException;

        static native int sched_setaffinity(int thread, long length, byte[] mask) throws LastErrorException;
    }
}
