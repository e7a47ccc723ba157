// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.host.FileLock;

/**
 * The lock of a sandbox, and its records: nobody else changes them meanwhile, so they are read once. The lock's file goes
 * with the sandbox's last record.
 */
public final class SandboxLock implements AutoCloseable {
    private final AttachmentRecords records;
    private final String containerId;
    private final FileLock lock;
    /** By interface name; null until somebody asks. */
    private @Nullable Map<String, StoredRecord> stored;

    SandboxLock(AttachmentRecords records, String containerId, FileLock lock) {
        this.records = records;
        this.containerId = containerId;
        this.lock = lock;
    }

    /** The records of all sandboxes. */
    public AttachmentRecords records() {
        return records;
    }

    private Map<String, StoredRecord> stored() {
        Map<String, StoredRecord> known = stored;
        if (known == null) {
            known = new TreeMap<>();
            for (AttachmentKey key : records.keysOf(containerId)) {
                known.put(key.ifname(), records.find(key));
            }
            stored = known;
        }
        return known;
    }

    /** What is written down about an attachment of this sandbox. */
    public StoredRecord find(AttachmentKey key) {
        StoredRecord known = stored().get(ifname(key));
        return known == null ? new StoredRecord.Missing() : known;
    }

    /** The readable records of this sandbox. */
    public List<AttachmentRecord> all() {
        List<AttachmentRecord> all = new ArrayList<>();
        for (StoredRecord each : stored().values()) {
            if (each instanceof StoredRecord.Found(AttachmentRecord record)) {
                all.add(record);
            }
        }
        return all;
    }

    /** The readable records of this sandbox but one. */
    public List<AttachmentRecord> others(AttachmentKey but) {
        List<AttachmentRecord> others = new ArrayList<>();
        for (AttachmentRecord record : all()) {
            if (!record.who().key().equals(but)) {
                others.add(record);
            }
        }
        return others;
    }

    /** Whether this sandbox has a record, other than this one, that can not be read: then nobody knows what it holds. */
    public boolean hasUnreadableSibling(AttachmentKey but) {
        for (Map.Entry<String, StoredRecord> each : stored().entrySet()) {
            if (!each.getKey().equals(but.ifname()) && each.getValue() instanceof StoredRecord.Unreadable) {
                return true;
            }
        }
        return false;
    }

    /**
     * Writes a record in the place of what is there.
     *
     * @throws CniError {@link CniError#IO_FAILURE}; what was there is there still
     */
    public void write(AttachmentRecord record) {
        String ifname = ifname(record.who().key());
        records.write(record);
        stored().put(ifname, new StoredRecord.Found(record));
    }

    /** Removes a record; where nothing can be written it stays, for GC or the next boot. */
    public void remove(AttachmentKey key) {
        String ifname = ifname(key);
        records.remove(key);
        stored().remove(ifname);
    }

    private String ifname(AttachmentKey key) {
        if (!key.containerId().equals(containerId)) {
            throw new IllegalArgumentException(key + " is not of sandbox " + containerId);
        }
        return key.ifname();
    }

    @Override
    public void close() {
        try (FileLock held = lock) {
            if (stored().isEmpty()) {
                held.removeFile();
            }
        }
    }
}
