// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.cni.host.Host;
import org.l34gateway.cni.host.JvmHost;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.netlink.Errno;

class AttachmentRecordsTest {
    @TempDir
    private Path directory;

    private AttachmentRecords records;

    @BeforeEach
    void open() {
        records = new AttachmentRecords(new JvmHost(), directory.resolve("a/b").toString());
    }

    @Test
    void a_record_is_read_as_it_was_written() {
        AttachmentRecord record = record("c1", "f1");
        try (SandboxLock sandbox = records.lock("c1")) {
            sandbox.write(record);
        }

        assertThat(records.find(record.who().key())).isEqualTo(new StoredRecord.Found(record));
        assertThat(records.list()).containsExactly(record);
    }

    @Test
    void siblings_are_the_others_of_the_same_sandbox() {
        for (String[] each : new String[][] {{"c1", "f1"}, {"c1", "f2"}, {"c11", "f1"}}) {
            try (SandboxLock sandbox = records.lock(each[0])) {
                sandbox.write(record(each[0], each[1]));
            }
        }

        try (SandboxLock sandbox = records.lock("c1")) {
            assertThat(sandbox.others(new AttachmentKey("c1", "f1"))).containsExactly(record("c1", "f2"));
            assertThat(sandbox.all()).hasSize(2);
            sandbox.remove(new AttachmentKey("c1", "f2"));
            assertThat(sandbox.others(new AttachmentKey("c1", "f1"))).isEmpty();
            sandbox.write(record("c1", "f2"));
            assertThat(sandbox.find(new AttachmentKey("c1", "f2")))
                    .isEqualTo(new StoredRecord.Found(record("c1", "f2")));
            assertThatThrownBy(() -> sandbox.write(record("c11", "f1"))).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(records.list()).hasSize(3);
    }

    @Test
    void a_record_of_another_boot_is_stale_and_can_be_swept() {
        AttachmentRecord old = new AttachmentRecord(
                "loopback-vip", "another-boot", record("c1", "f1").who(), Holdings.NONE);
        try (SandboxLock sandbox = records.lock("c1")) {
            sandbox.write(old);
        }

        assertThat(records.find(old.who().key())).isEqualTo(new StoredRecord.Stale());
        assertThat(records.list()).isEmpty();
        assertThat(records.removeStale()).isEqualTo(1);
        assertThat(directory.resolve("a/b")).isEmptyDirectory();
    }

    @Test
    void whatever_is_in_the_file_reading_it_is_no_accident() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        var dice = new Random(seed);
        byte[] good = record("c1", "f1").toJson();
        Path file = Files.createDirectories(directory.resolve("a/b")).resolve("c1@f1.json");
        for (int i = 0; i < 2_000; i++) {
            byte[] bent = Arrays.copyOf(good, dice.nextInt(good.length + 1));
            for (int flips = dice.nextInt(4); flips > 0 && bent.length > 0; flips--) {
                bent[dice.nextInt(bent.length)] = (byte) dice.nextInt(256);
            }
            Files.write(file, bent);
            assertThat(records.find(new AttachmentKey("c1", "f1")))
                    .as("repeat with -Dseed=" + seed)
                    .isNotNull();
        }
        Files.write(file, new byte[0]);
        assertThat(records.find(new AttachmentKey("c1", "f1"))).isInstanceOf(StoredRecord.Unreadable.class);
    }

    @Test
    void a_record_that_the_disk_does_not_give_back_is_unreadable() {
        AttachmentRecord record = record("c1", "f1");
        records.write(record);

        var failing = new AttachmentRecords(refusing("read", Errno.EIO), directory.resolve("a/b") + "");
        assertThat(failing.find(record.who().key())).isInstanceOf(StoredRecord.Unreadable.class);
    }

    /** As NFS does. */
    @Test
    void a_file_system_that_has_no_room_only_at_the_end_keeps_the_old_record() {
        AttachmentRecord old = record("c1", "f1");
        records.write(old);

        var failing = new AttachmentRecords(refusing("close", Errno.ENOSPC), directory.resolve("a/b") + "");
        assertThatThrownBy(() -> failing.write(old.withHoldings(Holdings.NONE)))
                .isInstanceOfSatisfying(CniError.class, error -> {
                    assertThat(error.code()).isEqualTo(CniError.IO_FAILURE);
                    assertThat(error.details()).contains("close", "ENOSPC");
                });
        assertThat(records.find(old.who().key())).isEqualTo(new StoredRecord.Found(old));
        assertThat(directory.resolve("a/b").toFile().list()).containsExactly("c1@f1.json");
    }

    /** A machine that does what it is told and says of one call that it failed, but for the files below /proc. */
    private static Host refusing(String call, int errno) {
        Host real = new JvmHost();
        Set<Object> inProc = new HashSet<>();
        return (Host) Proxy.newProxyInstance(
                Host.class.getClassLoader(), new Class<?>[] {Host.class}, (_, method, in) -> {
                    Object result = method.invoke(real, in);
                    if (method.getName().equals("open") && ((String) in[0]).startsWith("/proc/")) {
                        inProc.add(result);
                    }
                    boolean spared = inProc.contains(in[0]);
                    if (method.getName().equals("close")) {
                        inProc.remove(in[0]);
                    }
                    return method.getName().equals(call) && !spared ? (Object) (-errno) : result;
                });
    }

    @Test
    void the_last_record_takes_the_lock_file_with_it_and_nobody_is_locked_out_or_in() throws InterruptedException {
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var done = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            String ifname = "f" + t;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 20; i++) {
                    try (SandboxLock sandbox = records.lock("c1")) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        sandbox.write(record("c1", ifname));
                        sandbox.remove(new AttachmentKey("c1", ifname));
                        inside.decrementAndGet();
                        done.incrementAndGet();
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(most).hasValue(1);
        assertThat(done).hasValue(160);
        assertThat(directory.resolve("a/b")).isEmptyDirectory();
    }

    @Test
    void files_of_others_are_left_alone() throws IOException {
        Files.createDirectories(directory.resolve("a/b"));
        for (String name : List.of("README", "@.json", "c1@.json", "c 1@f1.json", "c1@0123456789abcdef.json")) {
            Files.writeString(directory.resolve("a/b").resolve(name), "x");
        }

        assertThat(records.list()).isEmpty();
        assertThat(records.removeStale()).isZero();
        assertThat(directory.resolve("a/b").toFile().list()).hasSize(5);
    }

    private AttachmentRecord record(String container, String ifname) {
        var sysctls = new TreeMap<String, String>();
        sysctls.put("net/ipv4/ip_forward", "1");
        var before = new TreeMap<String, String>();
        before.put("net/ipv4/ip_forward", "0");
        var holds = new Holdings(
                List.of(IpPrefix.parse("20.0.0.1/32")),
                5000,
                List.of(5001, 5002),
                List.of(IpPrefix.parse("2000::1/128")),
                List.of(IpAddress.parse("fd00::1")),
                sysctls,
                before);
        var who = new Attachment(
                new AttachmentKey(container, ifname),
                "/run/netns/x",
                "net",
                new PodRef("red", "target-\u00e9", "u"),
                new GatewayRef("red", "gw"));
        return new AttachmentRecord("policy-route", records.bootId(), who, holds);
    }
}
