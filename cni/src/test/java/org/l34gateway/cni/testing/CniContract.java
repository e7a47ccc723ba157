// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.cni.Plugin;
import org.l34gateway.cni.json.Json;
import org.l34gateway.cni.json.JsonRefused;

/** What the CNI specification asks of every plugin, whatever it does: environment, versions, names, input, error results. */
public interface CniContract {
    Plugin plugin();

    /** Arguments with which an ADD gets as far as the namespace. */
    String goodArguments();

    /** One case; {@code says} must be in the error's message or details. */
    record Row(String name, Call call, int code, String says) {}

    @TestFactory
    default Stream<DynamicTest> answers_the_specification_s_way(@TempDir Path directory) {
        List<DynamicTest> tests = new ArrayList<>();
        for (PluginExecutable executable : PluginExecutable.of(plugin())) {
            for (Row row : rows(directory)) {
                tests.add(DynamicTest.dynamicTest(
                        executable + ": " + row.name(), () -> check(executable, row, directory.resolve("data"))));
            }
        }
        return tests.stream();
    }

    private static void check(PluginExecutable executable, Row row, Path data) {
        Answer answer = row.call().on(executable);
        assertThat(answer.code()).as("%s", answer).isEqualTo(row.code());
        assertThat(answer.stderr()).isEmpty();
        assertThat(data.toFile().list()).as("files left").isNullOrEmpty();
        if (row.code() == 0) {
            assertThat(answer.stdout()).contains(row.says());
        } else {
            assertThat(answer.exitCode()).isEqualTo(1);
            assertThat(answer.json().text("cniVersion")).isNotEmpty();
            assertThat(answer.json().text("msg") + " " + answer.json().text("details"))
                    .contains(row.says());
        }
    }

    private List<Row> rows(Path directory) {
        Path gone = directory.resolve("no-such-netns");
        Path data = directory.resolve("data");
        Call add = Call.of("ADD", gone, data, goodArguments());
        Call del = Call.of("DEL", gone, data, "");
        Call check = Call.of("CHECK", gone, data, goodArguments());
        Call gc = Call.of("GC", gone, data, "").without("CNI_CONTAINERID").without("CNI_IFNAME");
        List<Row> rows = new ArrayList<>(List.of(
                new Row(
                        "VERSION lists what it speaks",
                        new Call(Map.of("CNI_COMMAND", "VERSION"), ""),
                        0,
                        "\"supportedVersions\":[\"0.1.0\",\"0.2.0\",\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]"),
                new Row("no command", add.without("CNI_COMMAND"), 4, "CNI_COMMAND"),
                new Row("unknown command", add.with("CNI_COMMAND", "NOPE"), 4, "NOPE"),
                new Row("lower-case command", add.with("CNI_COMMAND", "add"), 4, "add"),
                new Row("ADD without container", add.without("CNI_CONTAINERID"), 4, "[CNI_CONTAINERID]"),
                new Row("ADD without netns", add.without("CNI_NETNS"), 4, "[CNI_NETNS]"),
                new Row("ADD without interface", add.without("CNI_IFNAME"), 4, "[CNI_IFNAME]"),
                new Row("ADD with an empty netns", add.with("CNI_NETNS", ""), 4, "[CNI_NETNS]"),
                new Row(
                        "ADD without anything",
                        add.without("CNI_CONTAINERID").without("CNI_NETNS").without("CNI_IFNAME"),
                        4,
                        "[CNI_CONTAINERID, CNI_NETNS, CNI_IFNAME]"),
                new Row("DEL without container", del.without("CNI_CONTAINERID"), 4, "[CNI_CONTAINERID]"),
                new Row("DEL without interface", del.without("CNI_IFNAME"), 4, "[CNI_IFNAME]"),
                new Row(
                        "DEL without anything",
                        del.without("CNI_CONTAINERID").without("CNI_IFNAME").without("CNI_NETNS"),
                        4,
                        "[CNI_CONTAINERID, CNI_IFNAME]"),
                new Row("DEL of what never was", del, 0, ""),
                new Row("DEL without netns", del.without("CNI_NETNS"), 0, ""),
                new Row("DEL without path and args", del.without("CNI_PATH").without("CNI_ARGS"), 0, ""),
                new Row("CHECK without netns", check.without("CNI_NETNS"), 4, "[CNI_NETNS]"),
                new Row("CHECK without container", check.without("CNI_CONTAINERID"), 4, "[CNI_CONTAINERID]"),
                new Row("CHECK without interface", check.without("CNI_IFNAME"), 4, "[CNI_IFNAME]"),
                new Row(
                        "CHECK without anything",
                        check.without("CNI_CONTAINERID").without("CNI_NETNS").without("CNI_IFNAME"),
                        4,
                        "[CNI_CONTAINERID, CNI_NETNS, CNI_IFNAME]"),
                new Row("CHECK before 0.4.0", check.replacing("1.1.0", "0.3.1"), 1, "0.4.0"),
                new Row("CHECK in a namespace that is gone", check, 8, gone.toString()),
                new Row("GC before 1.1.0", gc.replacing("1.1.0", "1.0.0"), 1, "1.1.0"),
                new Row("GC with nothing to do", gc, 0, ""),
                new Row(
                        "STATUS before 1.1.0",
                        gc.with("CNI_COMMAND", "STATUS").replacing("1.1.0", "1.0.0"),
                        1,
                        "1.1.0"),
                new Row("STATUS", gc.with("CNI_COMMAND", "STATUS"), 0, ""),
                new Row("container id with a slash", add.with("CNI_CONTAINERID", "a/b"), 4, "a/b"),
                new Row("container id that climbs", add.with("CNI_CONTAINERID", "../x"), 4, "../x"),
                new Row("container id that starts with a dot", add.with("CNI_CONTAINERID", ".x"), 4, ".x"),
                new Row("container id with a space", add.with("CNI_CONTAINERID", "a b"), 4, "a b"),
                new Row("container id beyond ASCII", add.with("CNI_CONTAINERID", "\u00e4"), 4, "invalid characters"),
                new Row("DEL of a container id with a slash", del.with("CNI_CONTAINERID", "a/b"), 4, "a/b"),
                new Row("CHECK of a container id with a slash", check.with("CNI_CONTAINERID", "a/b"), 4, "a/b"),
                new Row("interface name too long", add.with("CNI_IFNAME", "0123456789abcdef"), 4, "0123456789abcdef"),
                new Row("interface name with a slash", add.with("CNI_IFNAME", "a/b"), 4, "a/b"),
                new Row("interface name with a colon", add.with("CNI_IFNAME", "a:b"), 4, "a:b"),
                new Row("interface name with a space", add.with("CNI_IFNAME", "a b"), 4, "a b"),
                new Row("interface name dot", add.with("CNI_IFNAME", "."), 4, "\".\""),
                new Row("interface name dot dot", add.with("CNI_IFNAME", ".."), 4, "\"..\""),
                new Row("interface name with a tab", add.with("CNI_IFNAME", "a\tb"), 4, "interface name"),
                new Row(
                        "DEL of an interface name too long",
                        del.with("CNI_IFNAME", "0123456789abcdef"),
                        4,
                        "0123456789abcdef"),
                new Row("no network name", add.replacing("\"name\":\"net\",", ""), 7, "missing network name"),
                new Row("network name with a slash", add.replacing("\"net\"", "\"a/b\""), 7, "a/b"),
                new Row("network name that starts with a dot", add.replacing("\"net\"", "\".net\""), 7, ".net"),
                new Row("DEL without network name", del.replacing("\"name\":\"net\",", ""), 7, "missing network name"),
                new Row("GC without network name", gc.replacing("\"name\":\"net\",", ""), 7, "missing network name"),
                new Row("unknown version", add.replacing("1.1.0", "9.9.9"), 1, "9.9.9"),
                new Row("version that is none", add.replacing("1.1.0", "x"), 1, "x"),
                new Row(
                        "no version, which means the first",
                        add.replacing("\"cniVersion\":\"1.1.0\",", ""),
                        8,
                        gone.toString()),
                new Row("DEL in an unknown version", del.replacing("1.1.0", "9.9.9"), 1, "9.9.9"),
                new Row("CHECK in an unknown version", check.replacing("1.1.0", "9.9.9"), 1, "9.9.9"),
                new Row(
                        "STATUS in an unknown version",
                        gc.with("CNI_COMMAND", "STATUS").replacing("1.1.0", "9.9.9"),
                        1,
                        "9.9.9"),
                new Row("empty input", add.withStdin(""), 6, "no JSON"),
                new Row("DEL with empty input", del.withStdin(""), 6, "no JSON"),
                new Row("CHECK with empty input", check.withStdin(""), 6, "no JSON"),
                new Row("GC with empty input", gc.withStdin(""), 6, "no JSON"),
                new Row(
                        "STATUS with empty input",
                        gc.with("CNI_COMMAND", "STATUS").withStdin(""),
                        6,
                        "no JSON"),
                new Row("input that is cut", add.withStdin("{\"cniVersion\":\"1.0.0\",\"na"), 6, "no JSON"),
                new Row("input that is a list", add.withStdin("[]"), 6, "no JSON object"),
                new Row("input with text behind it", add.withStdin(add.stdin() + "x"), 6, "after the value"),
                new Row("input too deep", add.withStdin("[".repeat(100_000)), 6, "levels"),
                new Row("input too large", add.withStdin(" ".repeat(300_000) + add.stdin()), 6, "larger than"),
                new Row("relative data directory", add.replacing(data.toString(), "data"), 7, "dataDir"),
                new Row("ADD in a namespace that is gone", add, 8, gone.toString()),
                new Row(
                        "ADD in the plugin's own namespace",
                        add.with("CNI_NETNS", "/proc/self/ns/net"),
                        8,
                        "/proc/self/ns/net"),
                new Row("ADD where a plain file is", add.with("CNI_NETNS", "/etc/hostname"), 8, "EINVAL")));
        for (String version : List.of("0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0")) {
            rows.add(new Row("ADD in version " + version, add.replacing("1.1.0", version), 8, gone.toString()));
            rows.add(new Row("DEL in version " + version, del.replacing("1.1.0", version), 0, ""));
        }
        return rows;
    }

    /** {@code ./l34 soak} has more. The executable gets fewer, because each costs a process. */
    @Test
    @Tag("soak")
    default void bent_configurations_always_get_the_right_answer_within_a_second(@TempDir Path directory) {
        int rounds = Integer.getInteger("fuzz.rounds", 5_000);
        long seed = Long.getLong("seed", System.nanoTime());
        Call add = Call.of("ADD", directory.resolve("gone"), directory.resolve("data"), goodArguments());
        byte[] good = add.stdin().getBytes(StandardCharsets.UTF_8);
        // Another directory would be made, wherever that is.
        int fixed = add.stdin().indexOf("\"dataDir\"");
        int fixedEnd = add.stdin().indexOf(',', fixed);
        for (PluginExecutable executable : PluginExecutable.of(plugin())) {
            var dice = new Random(seed);
            boolean inThisJvm = executable instanceof PluginExecutable.InThisJvm;
            for (int i = 0; i < (inThisJvm ? rounds : rounds / 50); i++) {
                byte[] bent = BentJson.of(good, fixed, fixedEnd, dice);
                long begin = System.nanoTime();
                Answer answer = executable.run(add.env(), bent);
                Duration took = Duration.ofNanos(System.nanoTime() - begin);
                String what = executable + ": " + answer + " on " + new String(bent, StandardCharsets.ISO_8859_1)
                        + ", repeat with -Dseed=" + seed;
                assertThat(answer.code()).as(what).isIn(isObject(bent) ? List.of(1, 7, 8) : List.of(6));
                assertThat(answer.json().text("msg")).as(what).isNotEmpty();
                assertThat(took).as(what).isLessThan(Duration.ofSeconds(1));
            }
        }
    }

    /** JsonTest compares the reader with another one. */
    private static boolean isObject(byte[] bytes) {
        try {
            return Json.read(bytes) instanceof Json.Obj;
        } catch (JsonRefused refused) {
            return false;
        }
    }
}
