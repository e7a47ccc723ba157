// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.l34gateway.linux.Libc;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;

/** The system call bpf(2): a command and its union bpf_attr (linux/bpf.h). */
final class Bpf {
    /** Bytes of an object's name, with its final zero. */
    static final int NAME_BYTES = 16;

    private Bpf() {}

    /** What is asked for. */
    enum Command {
        BPF_MAP_CREATE(0),
        BPF_MAP_LOOKUP_ELEM(1),
        BPF_PROG_LOAD(5),
        BPF_LINK_CREATE(28);

        private final int code;

        Command(int code) {
            this.code = code;
        }
    }

    /** The arguments of a command; everything that is not written is 0. */
    static final class Attributes {
        private final Memory bytes;

        /** @param length bytes up to the last field that the command needs; kernels that know more take the rest as 0 */
        Attributes(int length) {
            this.bytes = new Memory(length);
            bytes.clear();
        }

        Attributes u32(int offset, int value) {
            bytes.setInt(offset, value);
            return this;
        }

        Attributes pointer(int offset, Pointer value) {
            bytes.setLong(offset, Pointer.nativeValue(value));
            return this;
        }

        /** A name of an object, cut to what fits. */
        Attributes name(int offset, String name) {
            byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
            bytes.write(offset, Arrays.copyOf(ascii, NAME_BYTES - 1), 0, NAME_BYTES - 1);
            return this;
        }
    }

    /** Returns what the kernel returns, which may be -errno. */
    static int call(Command command, Attributes attributes) {
        return Libc.bpf(command.code, attributes.bytes, (int) attributes.bytes.size());
    }

    /**
     * Returns what the kernel returns.
     *
     * @param about what it is about, for a human
     * @throws KernelRefused when that is an error
     */
    static int demand(Command command, Attributes attributes, String about) {
        int result = call(command, attributes);
        if (result < 0) {
            throw refused(command, about, -result, reason(command, -result));
        }
        return result;
    }

    static KernelRefused refused(Command command, String about, int errno, String explanation) {
        return new KernelRefused(command.name(), about, errno, explanation);
    }

    /** What an administrator can do about it. */
    static String reason(Command command, int errno) {
        return switch (errno) {
            case Errno.EPERM -> "want CAP_BPF and CAP_NET_ADMIN, and a seccomp profile that allows bpf";
            case Errno.ENOSYS -> "this kernel was built without bpf";
            case Errno.EINVAL -> command == Command.BPF_LINK_CREATE ? "want Linux 6.6 for TCX" : "";
            default -> "";
        };
    }
}
