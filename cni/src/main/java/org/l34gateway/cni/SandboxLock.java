// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

import org.l34gateway.cni.host.FileLock;

/** The lock of a sandbox. Its file goes with the sandbox's last record: whoever lets go of it looks. */
public final class SandboxLock implements AutoCloseable {
    private final AttachmentRecords records;
    private final String containerId;
    private final FileLock lock;
    private boolean keepsFile;

    SandboxLock(AttachmentRecords records, String containerId, FileLock lock) {
        this.records = records;
        this.containerId = containerId;
        this.lock = lock;
    }

    /** Says that the sandbox has a record now, so that nobody needs to look for one. */
    public void keepFile() {
        keepsFile = true;
    }

    @Override
    public void close() {
        try (FileLock held = lock) {
            if (!keepsFile && !records.hasRecordOf(containerId)) {
                held.removeFile();
            }
        }
    }
}
