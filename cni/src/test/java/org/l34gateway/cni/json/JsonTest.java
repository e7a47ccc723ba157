// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "[",
                "[1,]",
                "[,1]",
                "{,}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":1 \"b\":2}",
                "01",
                "-",
                "+1",
                "1.",
                ".5",
                "1e",
                "1e+",
                "0x1",
                "NaN",
                "Infinity",
                "tru",
                "True",
                "nulll",
                "\"",
                "\"\\\"",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"\\ud800\"",
                "\"\\udc00\\ud800\"",
                "\"\t\"",
                "\"\n\"",
                "1 2",
                "{} {}",
                "{\"a\":1,\"a\":2}",
                "\ufeff{}",
                "[1]//",
                "\u00a0 1",
                "-01",
                "--1"
            })
    void refuses_what_rfc_8259_does_not_allow(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(JsonRefused.class).hasMessageContaining("at character");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "1.5e-7",
                "12345678901234567890123",
                "\"\"",
                "[]",
                "{}",
                " [ 1 , 2 ] ",
                "{\"a\":{\"b\":[null]}}",
                "\"\\u00e9\\ud83d\\ude00\\/\\b\"",
                "\"\u00e9\ud83d\ude00\"",
                "true",
                "false",
                "null"
            })
    void reads_what_it_allows(String text) {
        assertThat(read(text)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"c080", "c1bf", "e08080", "f0808080", "eda080", "f4908080", "ff", "80", "c3", "e282", "f09f98"})
    void refuses_bytes_that_are_no_utf8(String hex) {
        byte[] bytes = HexFormat.of().parseHex("22" + hex + "22");
        assertThatThrownBy(() -> Json.read(bytes))
                .isInstanceOf(JsonRefused.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void an_object_keeps_the_text_that_it_was_read_from() {
        String inner = "{ \"b\" : [1.0, 1e2,\t\"\\u0041\" ] }";
        Json.Obj outer = (Json.Obj) read("{\"x\":1, \"a\":" + inner + "}");

        assertThat(outer.object("a").source()).isEqualTo(inner);
        assertThat(outer.object("a").items("b")).contains(new Json.Num("1.0"), new Json.Text("A"));
    }

    @Test
    void stops_at_64_levels() {
        assertThat(read("[".repeat(64) + "]".repeat(64))).isNotNull();
        assertThatThrownBy(() -> read("[".repeat(66) + "]".repeat(66))).hasMessageContaining("levels");
    }

    @Test
    void reads_back_whatever_text_it_wrote() {
        long seed = Long.getLong("seed", System.nanoTime());
        var dice = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = dice.nextInt(12); length > 0; length--) {
                int c = dice.nextBoolean() ? dice.nextInt(0x80) : dice.nextInt(0x10FFFF);
                text.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 'x' : c);
            }
            String written = new JsonWriter()
                    .open('{')
                    .member("k", text.toString())
                    .name("n")
                    .value(i)
                    .close('}')
                    .toString();
            Json.Obj back = (Json.Obj) Json.read(Utf8.encode(written));
            assertThat(back.text("k")).as("repeat with -Dseed=" + seed).isEqualTo(text.toString());
            assertThat(back.source()).isEqualTo(written);
        }
    }

    private static Json read(String text) {
        return Json.read(text.getBytes(StandardCharsets.UTF_8));
    }
}
