// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.host.FileLock;
import org.l34gateway.cni.host.Host;
import org.l34gateway.cni.host.HostFiles;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;

/**
 * The attachment records of this node: one file {@code CONTAINER@INTERFACE.json} each, one lock per sandbox. Plugins and
 * node-agent change the kernel of a sandbox only under its lock, and write the record before they start: a process that
 * is killed leaves a record of everything that it may have done.
 */
public final class AttachmentRecords {
    /** Where records are unless the configuration's {@code dataDir} says otherwise. */
    public static final String DEFAULT_DIRECTORY = "/var/lib/cni/l34-gateway/attachments";

    /** How long a sandbox's lock is waited for; below the time that kubelet gives a CNI call. */
    private static final int LOCK_WAIT_MILLIS = 20_000;

    private static final String SUFFIX = ".json";

    private final Host host;
    private final HostFiles files;
    private final String directory;
    private final String bootId;
    private final int lockWaitMillis;

    /** Records in a directory, which need not exist, for a CNI call. */
    public AttachmentRecords(Host host, String directory) {
        this(host, directory, LOCK_WAIT_MILLIS);
    }

    /**
     * Records in a directory, which need not exist.
     *
     * @param lockWaitMillis how long {@link #lock} waits
     */
    public AttachmentRecords(Host host, String directory, int lockWaitMillis) {
        this.host = host;
        this.files = new HostFiles(host);
        this.directory = directory;
        this.lockWaitMillis = lockWaitMillis;
        this.bootId = files.line("/proc/sys/kernel/random/boot_id");
    }

    public Host host() {
        return host;
    }

    /** This boot, as records name it. */
    public String bootId() {
        return bootId;
    }

    /**
     * Takes the lock of a sandbox; close it to let go. Also where nothing can be written: DEL must work there.
     *
     * @throws CniError {@link CniError#TRY_AGAIN} when somebody has it for longer than is waited: 20 s in a CNI call
     */
    public SandboxLock lock(String containerId) {
        makeDirectoryIfPossible();
        FileLock lock = FileLock.take(host, directory + "/" + containerId + ".lock", lockWaitMillis);
        if (lock == null) {
            throw new CniError(CniError.TRY_AGAIN, "sandbox " + containerId + " is being changed by another process");
        }
        return new SandboxLock(this, containerId, lock);
    }

    private void makeDirectoryIfPossible() {
        try {
            files.makeDirectories(directory);
        } catch (KernelRefused refused) {
            if (!HostFiles.takesNothing(refused.errno())) {
                throw refused;
            }
        }
    }

    /** What is written down about an attachment. */
    public StoredRecord find(AttachmentKey key) {
        try {
            byte @Nullable [] content = files.read(path(key));
            return content == null ? new StoredRecord.Missing() : read(key, content);
        } catch (KernelRefused refused) {
            if (refused.errno() != Errno.EIO) {
                throw refused;
            }
            return new StoredRecord.Unreadable("the disk does not give it back");
        }
    }

    private StoredRecord read(AttachmentKey key, byte[] content) {
        try {
            AttachmentRecord record = AttachmentRecord.read(content);
            if (!record.who().key().equals(key)) {
                return new StoredRecord.Unreadable("it is about " + record.who().key());
            }
            boolean thisBoot = record.bootId().equals(bootId);
            return thisBoot ? new StoredRecord.Found(record) : new StoredRecord.Stale();
        } catch (RuntimeException garbage) {
            String why = garbage.getMessage();
            return new StoredRecord.Unreadable(why == null ? "garbage" : why);
        }
    }

    /** Every readable record of this boot, in order of container and interface. */
    public List<AttachmentRecord> list() {
        return found(keys(""));
    }

    /** Whether there is no record at all, of whatever boot and whatever is in it. */
    public boolean isEmpty() {
        return keys("").isEmpty();
    }

    /** The readable records of a sandbox. */
    public List<AttachmentRecord> of(String containerId) {
        return found(keysOf(containerId));
    }

    private List<AttachmentRecord> found(List<AttachmentKey> keys) {
        List<AttachmentRecord> found = new ArrayList<>();
        for (AttachmentKey key : keys) {
            if (find(key) instanceof StoredRecord.Found(AttachmentRecord record)) {
                found.add(record);
            }
        }
        return found;
    }

    /** Puts a record in the place of what is there; {@link SandboxLock} calls it. */
    void write(AttachmentRecord record) {
        try {
            files.makeDirectories(directory);
            files.write(path(record.who().key()), record.toJson());
        } catch (KernelRefused refused) {
            throw new CniError(
                    CniError.IO_FAILURE,
                    "the attachment record can not be written",
                    String.valueOf(refused.getMessage()));
        }
    }

    /**
     * Removes a record and what a killed writer left; {@link SandboxLock} calls it. On a file system that takes nothing it
     * stays, for GC or the next boot: what it tells of is gone, and that must not make DEL fail.
     */
    void remove(AttachmentKey key) {
        try {
            files.remove(path(key));
        } catch (KernelRefused refused) {
            if (!HostFiles.takesNothing(refused.errno())) {
                throw refused;
            }
        }
    }

    /** Removes the records of other boots; what they tell is gone. Returns how many there were. */
    public int removeStale() {
        int removed = 0;
        for (AttachmentKey key : keys("")) {
            removed += find(key) instanceof StoredRecord.Stale && removeIfStale(key) ? 1 : 0;
        }
        return removed;
    }

    private boolean removeIfStale(AttachmentKey key) {
        try (SandboxLock sandbox = lock(key.containerId())) {
            if (!(sandbox.find(key) instanceof StoredRecord.Stale)) {
                return false;
            }
            sandbox.remove(key);
            return true;
        }
    }

    /** Keys of a sandbox's records, whatever is in them. */
    List<AttachmentKey> keysOf(String containerId) {
        return keys(containerId + "@");
    }

    /** Keys of all record files whose names begin so, whatever is in them. */
    private List<AttachmentKey> keys(String prefix) {
        List<AttachmentKey> keys = new ArrayList<>();
        for (String name : files.list(directory, prefix)) {
            int at = name.indexOf('@');
            if (at > 0 && name.endsWith(SUFFIX) && name.length() - SUFFIX.length() > at + 1) {
                try {
                    keys.add(new AttachmentKey(
                            name.substring(0, at), name.substring(at + 1, name.length() - SUFFIX.length())));
                } catch (IllegalArgumentException foreign) {
                    // Somebody else's file: not ours to judge.
                }
            }
        }
        return keys;
    }

    private String path(AttachmentKey key) {
        return directory + "/" + key + SUFFIX;
    }
}
