// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

import org.l34gateway.cni.host.FileLock;

/** The lock of a sandbox. Its file goes with the sandbox's last record: whoever lets go of it looks. */
public final class SandboxLock implements AutoCloseable {
    private final AttachmentRecords records;
    private final String containerId;
    private final FileLock lock;

    SandboxLock(AttachmentRecords records, String containerId, FileLock lock) {
        this.records = records;
        this.containerId = containerId;
        this.lock = lock;
    }

    @Override
    public void close() {
        try (FileLock held = lock) {
            if (!records.hasRecordOf(containerId)) {
                held.removeFile();
            }
        }
    }
}
