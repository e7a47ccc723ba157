// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.testing;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.l34gateway.netlink.KernelRefused;

/** Takes rights from the calling thread and those that it starts (capabilities(7)); others keep theirs. */
public final class Capabilities {
    public static final int CAP_NET_ADMIN = 12;
    public static final int CAP_BPF = 39;

    /** _LINUX_CAPABILITY_VERSION_3: two words of each set. */
    private static final int VERSION = 0x20080522;

    private Capabilities() {}

    /** Leaves these only, for good. */
    public static void keepOnly(int... kept) {
        long set = 0;
        for (int each : kept) {
            set |= 1L << each;
        }
        // Effective, permitted, inheritable: the lower words, then the upper ones.
        ByteBuffer sets = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
        sets.putInt((int) set).putInt((int) set).putInt(0);
        sets.putInt((int) (set >>> 32)).putInt((int) (set >>> 32)).putInt(0);
        ByteBuffer header =
                ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putInt(VERSION);
        try {
            C.capset(header.array(), sets.array());
        } catch (LastErrorException refused) {
            throw new KernelRefused("capset", Long.toHexString(set), refused.getErrorCode());
        }
    }

    /** JNA binds this at first use. */
    private static final class C {
        static {
            Native.register(C.class, "c");
        }

        static native int capset(byte[] header, byte[] sets) throws LastErrorException;
    }
}
