// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.host.Namespace;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;

/** Finding a sandbox's network namespace. */
public final class Sandbox {
    private Sandbox() {}

    /**
     * Opens the namespace of an attachment that is to be made.
     *
     * @throws CniError {@link CniError#INVALID_NETNS}
     */
    public static Namespace open(AttachmentRecords records, String netns) {
        try {
            return records.host().namespace(netns);
        } catch (KernelRefused refused) {
            throw new CniError(CniError.INVALID_NETNS, "no network namespace at \"" + netns + "\"", text(refused));
        }
    }

    /**
     * Opens the namespace of an attachment that is to be removed; null when it is gone, and everything in it with it.
     *
     * @param told path from the runtime, empty to take the record's. One of those below /proc belonged to a process and may be
     *     another's by now
     */
    public static @Nullable Namespace openIfThere(SandboxLock sandbox, AttachmentKey key, String told) {
        String recorded = sandbox.find(key) instanceof StoredRecord.Found(AttachmentRecord record)
                ? record.who().netns()
                : "";
        String path = !told.isEmpty() ? told : recorded.startsWith("/proc/") ? "" : recorded;
        if (path.isEmpty()) {
            return null;
        }
        try {
            return sandbox.records().host().namespace(path);
        } catch (KernelRefused refused) {
            // EINVAL: the path is a plain file again, or the caller's own namespace. EACCES, ESRCH: a dying process's.
            return switch (refused.errno()) {
                case Errno.ENOENT, Errno.EINVAL, Errno.ESRCH, Errno.EACCES -> null;
                default -> throw refused;
            };
        }
    }

    private static String text(KernelRefused refused) {
        String message = refused.getMessage();
        return message == null ? "" : message;
    }
}
