// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.cni.testing.BentJson;

class JsonTest {
    private static final ObjectMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(JsonReader.MAX_DEPTH)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

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
                "--1",
                "[",
                "[1 true]",
                "[a",
                "[\"\": 1]",
                "[\"\"],",
                "[,]",
                "[1,,2]",
                "[\"x\"",
                "[\"x\"]]",
                "[\"a\",\n4\n,1,",
                "[-]",
                "[--2.]",
                "[0.e1]",
                "[0e]",
                "[0e+]",
                "[0E+]",
                "[1eE2]",
                "[2.e3]",
                "[-2.]",
                "[.-1]",
                "[1+2]",
                "[-NaN]",
                "[-Infinity]",
                "[0x42]",
                "[1e1.5]",
                "[1_000]",
                "[1 000.0]",
                "[\uff11]",
                "[-foo]",
                "[012]",
                "[-012]",
                "[1.0e]",
                "[2.e+3]",
                "[0.1.2]",
                "[9.e+]",
                "[True]",
                "[nul]",
                "[fals]",
                "[tru]",
                "nul",
                "*",
                "<null>",
                "[<null>]",
                "[\f]",
                "[\u2060]",
                "\u2060{}",
                "[\u00a0]",
                "{\"a\":\"b\"},",
                "{\"a\" b}",
                "{:\"b\"}",
                "{\"a\":\"a\" 123}",
                "{\"x\"::\"b\"}",
                "{\"a\":\"a\",,}",
                "{key: 'v'}",
                "{1:1}",
                "{null:null}",
                "{\"a\":1,,\"b\":2}",
                "{\"a\":\"b\"}/**/",
                "{\"a\":/*comment*/\"b\"}",
                "{\"a\":\"b\"}#",
                "{\"a\":\"b\"}#{}",
                "{\"a\",\"b\"}",
                "{[",
                "[{}",
                "[}",
                "{]",
                "{\"a\":1",
                "{\"a\":1,\"\\u0061\":2}",
                "[\"\\u00A\"]",
                "[\"\\uD800\\u\"]",
                "[\"\\uD800\\u1\"]",
                "[\"\\uD800\\u1x\"]",
                "[\"\\uD800\\n\"]",
                "[\"\\uDADA\"]",
                "[\"\\uDFAA\"]",
                "[\"\\uD888\\u1234\"]",
                "[\"\\uDd1e\\uD834\"]",
                "[\"\\uD800\\uD800\\udc00\"]",
                "[\"\\a\"]",
                "[\"\\x00\"]",
                "[\"\\u{1F600}\"]",
                "[\"\\U00A0\"]",
                "[\"\\'\"]",
                "[\"\\\\\\\"]",
                "[\"\\\uD83C\uDF00\"]",
                "[\"new\nline\"]",
                "[\"a\u0000a\"]",
                "[\u0000]",
                "\\u000A\"\"",
                "[\\n\"]",
                "[\\u0020\"asd\"]",
                "\"asd",
                "\\",
                "[1]x",
                "[][]",
                "{}}",
                "\u00e5"
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
                "null",
                "[[]   ]",
                "[\"\"]",
                "[null, 1, \"1\", {}]",
                "[1,null,null,null,2]",
                "\t[\n]\r\n",
                "[123e65]",
                "[0e+1]",
                "[0e1]",
                "[ 4]",
                "[-0.000000000000000000000000000000000000000000000000001]",
                "[20e1]",
                "[-123]",
                "[1E22]",
                "[1E-2]",
                "[1E+2]",
                "[123.456e78]",
                "-0.1",
                "{\"\":0}",
                "{\"foo\\u0000bar\":42}",
                "{\"min\":-1.0e+28,\"max\":1.0e+28}",
                "{\"a\":[]}",
                "{\"\\u043f\":\"\\u043f\"}",
                "{\"a\":1,\"A\":2}",
                "[\"\\u0060\\u012a\\u12AB\"]",
                "[\"\\uD801\\udc37\"]",
                "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]",
                "[\"\\uDBFF\\uDFFF\"]",
                "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
                "[\"\\\\u0000\"]",
                "[\"\\u0000\"]",
                "[\"\\u2028\u2029\"]",
                "[\"\\uFFFF\uffff\"]",
                "[\"\udbff\udfff\"]",
                "[\"\\uDBFF\\uDFFE\"]",
                "[\"a/*b*/c/*d//e\"]",
                "[\"\u007f\"]",
                "[\"\ufeff\"]",
                "[\"\u03c0\u20ac\ud834\udd1e\"]"
            })
    void reads_what_it_allows(String text) {
        assertThat(read(text)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c080",
                "c1bf",
                "e08080",
                "f0808080",
                "eda080",
                "f4908080",
                "ff",
                "80",
                "c3",
                "e282",
                "f09f98",
                "c328",
                "e28228",
                "f0288cbc",
                "f09f2898",
                "f7bfbfbf",
                "f8888080af",
                "fc8480808080",
                "fe",
                "edbfbf",
                "eda080edb080",
                "e09fbf",
                "f08fbfbf",
                "c3c3a9"
            })
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

    /** Another reader, made as strict as ours by what it can be told; {@code ./l34 soak} has more rounds. */
    @Test
    @Tag("soak")
    void takes_and_refuses_what_another_reader_does() {
        int rounds = Integer.getInteger("fuzz.rounds", 5_000);
        long seed = Long.getLong("seed", System.nanoTime());
        var dice = new Random(seed);
        byte[] good = """
                {"cniVersion":"1.1.0","name":"net","args":{"cni":{"vips":["20.0.0.1/32","2000::1/128"],"\u00e9":"\\u00e9\\ud83d\\ude00\\n",
                "n":[0,-1.5e+7,1E2,true,false,null,{},[[]]],"\ud83d\ude00":"\u20ac\ud83d\ude00"}}}""".getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        for (int i = 0; i < rounds; i++) {
            byte[] bent = BentJson.of(good, 0, 0, dice);
            boolean taken = isTaken(bent);
            assertThat(taken)
                    .as("%s, repeat with -Dseed=%d", new String(bent, StandardCharsets.ISO_8859_1), seed)
                    .isEqualTo(isTakenByAnother(bent));
            refused += taken ? 0 : 1;
        }
        assertThat(refused).isBetween(rounds / 4, rounds * 19 / 20);
    }

    private static boolean isTaken(byte[] bytes) {
        try {
            Json.read(bytes);
            return true;
        } catch (JsonRefused refused) {
            return false;
        }
    }

    private static boolean isTakenByAnother(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            JsonNode read = STRICT.readTree(text);
            return !read.isMissingNode() && StandardCharsets.UTF_8.newEncoder().canEncode(strings(read));
        } catch (IOException refused) {
            return false;
        }
    }

    /** Names and values one after the other; Jackson takes halves of surrogate pairs, which may meet only by a comma. */
    private static String strings(JsonNode node) {
        StringBuilder all = new StringBuilder(node.isTextual() ? node.textValue() : "");
        node.fieldNames().forEachRemaining(name -> all.append(name).append(','));
        node.forEach(child -> all.append(strings(child)).append(','));
        return all.toString();
    }

    private static Json read(String text) {
        return Json.read(text.getBytes(StandardCharsets.UTF_8));
    }
}
