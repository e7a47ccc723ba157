// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.l34gateway.cni.Plugin;
import org.l34gateway.cni.host.Host;
import org.l34gateway.cni.host.JvmHost;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.ScratchNetns;

/** What a plugin keeps to when it is killed, or when its records can not be written: DEL works, and leaves nothing. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
public interface SurvivalContract {
    Plugin plugin();

    /** Gives the pod what the arguments speak of. */
    void connect(ScratchNetns pod);

    /** Arguments of an ADD. */
    String arguments();

    /** Arguments of an ADD that changes the attachment: some things come, some stay, some go. */
    String otherArguments();

    /** Everything in the pod's kernel that the plugin may change, one line each. */
    List<String> everything(ScratchNetns pod);

    @Test
    default void an_add_that_is_killed_at_any_moment_is_cleaned_by_del(ScratchNetns pod, @TempDir Path data)
            throws Exception {
        kill(pod, data, List.of(), add(pod, data));
    }

    @Test
    default void a_change_that_is_killed_at_any_moment_is_cleaned_by_del(ScratchNetns pod, @TempDir Path data)
            throws Exception {
        kill(pod, data, List.of(add(pod, data)), change(pod, data));
    }

    @Test
    default void a_del_that_is_killed_at_any_moment_is_finished_by_another(ScratchNetns pod, @TempDir Path data)
            throws Exception {
        kill(pod, data, List.of(add(pod, data)), del(pod, data));
    }

    /** Kills a call, each time after others, at every moment. */
    private void kill(ScratchNetns pod, Path data, List<Call> before, Call call) throws Exception {
        assumeTrue(Strace.isThere(), "skipped: no strace");
        connect(pod);
        List<String> untouched = everything(pod);
        for (PluginExecutable.Native plugin : natives()) {
            before.forEach(each -> succeeds(each, plugin));
            List<KillPoint> points = KillPoint.of(plugin, call);
            succeeds(del(pod, data), plugin);
            assertThat(points.size()).isGreaterThan(30);
            for (KillPoint point : points) {
                before.forEach(each -> succeeds(each, plugin));
                point.kill(plugin, call);
                for (Call next : List.of(del(pod, data), add(pod, data), del(pod, data))) {
                    assertThat(next.on(plugin).code()).as("%s", point).isZero();
                    boolean attached = next.env().containsValue("ADD");
                    assertThat(everything(pod).equals(untouched))
                            .as("%s", point)
                            .isNotEqualTo(attached);
                    assertThat(Files.exists(data.resolve("c1@f1.json"))).isEqualTo(attached);
                }
                assertThat(data).as("%s", point).isEmptyDirectory();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    default void without_room_for_records_add_changes_nothing_and_del_works(
            TinyDisk.Trouble trouble, ScratchNetns pod, @TempDir Path directory) throws Exception {
        connect(pod);
        List<String> untouched = everything(pod);
        TinyDisk disk = TinyDisk.over(directory);
        Path data = directory.resolve("records");
        for (PluginExecutable plugin : PluginExecutable.ofThisMachine(plugin())) {
            String who = plugin + " " + trouble;
            disk.refuse(trouble);
            assertThat(del(pod, data).on(plugin).code()).as(who).isZero();
            refuses(add(pod, data), plugin, who);
            assertThat(everything(pod)).as(who).isEqualTo(untouched);
            assertThat(disk.files()).as(who).isEmpty();

            disk.allow();
            succeeds(add(pod, data), plugin);
            List<String> attached = everything(pod);
            List<String> records = disk.files();
            disk.refuse(trouble);
            refuses(change(pod, data), plugin, who);
            assertThat(everything(pod)).as(who).isEqualTo(attached);
            assertThat(disk.files()).as(who).isEqualTo(records);
            succeeds(add(pod, data).with("CNI_COMMAND", "CHECK"), plugin);

            assertThat(del(pod, data).on(plugin).code()).as(who).isZero();
            assertThat(everything(pod)).as(who).isEqualTo(untouched);
            disk.allow();
            succeeds(del(pod, data), plugin);
            assertThat(disk.files()).as(who).isEmpty();
            Files.delete(data);
        }
    }

    /** In a chain each plugin has the same container and interface name. */
    @Test
    default void another_plugin_s_attachment_is_left_alone(ScratchNetns pod, @TempDir Path data) throws Exception {
        connect(pod);
        Path file = data.resolve("c1@f1.json");
        for (PluginExecutable plugin : PluginExecutable.ofThisMachine(plugin())) {
            succeeds(add(pod, data), plugin);
            List<String> attached = everything(pod);
            String ours = Files.readString(file);
            String others = ours.replace("\"plugin\":\"" + plugin().name() + "\"", "\"plugin\":\"another\"");
            Files.writeString(file, others);

            Answer answer = change(pod, data).on(plugin);
            assertThat(answer.code()).as("%s: %s", plugin, answer).isEqualTo(7);
            assertThat(answer.json().text("msg")).contains("dataDir");
            succeeds(del(pod, data), plugin);
            assertThat(everything(pod)).isEqualTo(attached);
            assertThat(file).hasContent(others);

            Files.writeString(file, ours);
            succeeds(del(pod, data), plugin);
            assertThat(data).isEmptyDirectory();
        }
    }

    private static void refuses(Call call, PluginExecutable plugin, String who) {
        Answer answer = call.on(plugin);
        assertThat(answer.code()).as("%s: %s", who, answer).isEqualTo(5);
        assertThat(answer.json().text("msg")).as(who).contains("record");
        assertThat(answer.json().text("details")).as(who).containsAnyOf("ENOSPC", "EROFS");
    }

    @Test
    default void the_lock_of_a_killed_holder_is_free(ScratchNetns pod, @TempDir Path data) throws Exception {
        connect(pod);
        Path fifo = data.resolveSibling(data.getFileName() + ".fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        for (PluginExecutable.Native holding : natives()) {
            for (PluginExecutable waiting : PluginExecutable.ofThisMachine(plugin())) {
                Process holder = start(add(pod, data).with("CNI_NETNS", fifo.toString()), holding);
                try (var threads = Executors.newSingleThreadExecutor()) {
                    // To open a FIFO to which nobody writes takes for ever, and the lock is taken before.
                    await(() -> isLocked(data.resolve("c1.lock")));
                    var other = threads.submit(() -> add(pod, data).on(waiting));
                    assertThatThrownBy(() -> other.get(200, TimeUnit.MILLISECONDS))
                            .isInstanceOf(TimeoutException.class);
                    assertThat(data.resolve("c1@f1.json")).doesNotExist();

                    holder.destroyForcibly(); // SIGKILL
                    assertThat(other.get(10, TimeUnit.SECONDS).code()).isZero();
                } finally {
                    holder.destroyForcibly();
                }
                succeeds(del(pod, data), waiting);
                assertThat(data).isEmptyDirectory();
            }
        }
        Files.delete(fifo);
    }

    private static Process start(Call call, PluginExecutable.Native plugin) throws Exception {
        Process process = plugin.start(call.env());
        try (var in = process.getOutputStream()) {
            in.write(call.stdin().getBytes(StandardCharsets.UTF_8));
        }
        return process;
    }

    private static boolean isLocked(Path file) {
        Host host = new JvmHost();
        int fd = host.open(file.toString(), Host.O_RDONLY, 0);
        if (fd < 0) {
            return false;
        }
        boolean locked = host.tryLock(fd) < 0;
        host.close(fd);
        return locked;
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited 10 s").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static void succeeds(Call call, PluginExecutable plugin) {
        Answer answer = call.on(plugin);
        assertThat(answer.code()).as("%s: %s", plugin, answer).isZero();
    }

    private List<PluginExecutable.Native> natives() {
        List<PluginExecutable.Native> natives = new ArrayList<>();
        for (PluginExecutable each : PluginExecutable.ofThisMachine(plugin())) {
            if (each instanceof PluginExecutable.Native plugin) {
                natives.add(plugin);
            }
        }
        return natives;
    }

    private Call add(ScratchNetns pod, Path data) {
        return Call.of("ADD", pod.path(), data, arguments());
    }

    private Call change(ScratchNetns pod, Path data) {
        return Call.of("ADD", pod.path(), data, otherArguments());
    }

    private static Call del(ScratchNetns pod, Path data) {
        return Call.of("DEL", pod.path(), data, "");
    }
}
