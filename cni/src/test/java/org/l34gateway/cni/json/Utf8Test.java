// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against the JDK's own. JsonTest has what is no UTF-8 inside of JSON. */
class Utf8Test {
    private static final String[] PIECES = {
        "a",
        "\u0000",
        "\u007f",
        "\u0080",
        "\u07ff",
        "\u0800",
        "\uffff",
        "\ud83d\ude00",
        "\udbff\udfff",
        "\ud83d",
        "\ude00"
    };

    @Test
    void any_text_becomes_the_bytes_of_the_jdk_and_comes_back() {
        long seed = Long.getLong("seed", System.nanoTime());
        var dice = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            var text = new StringBuilder();
            for (int pieces = dice.nextInt(6); pieces > 0; pieces--) {
                text.append(PIECES[dice.nextInt(PIECES.length)]);
            }
            byte[] bytes = text.toString().getBytes(UTF_8);
            String repeat = "repeat with -Dseed=" + seed;
            assertThat(Utf8.encode(text.toString())).as(repeat).isEqualTo(bytes);
            assertThat(Utf8.decode(bytes)).as(repeat).isEqualTo(new String(bytes, UTF_8));
            assertThat(Utf8.decodeLenient(bytes)).as(repeat).isEqualTo(new String(bytes, UTF_8));
        }
    }

    @Test
    void what_is_no_utf8_is_refused_or_replaced() {
        for (String bent : new String[] {
            "a\u00ffb", "a\u00e2\u0082", "\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00f4\u0090\u0080\u0080"
        }) {
            byte[] bytes = bent.getBytes(ISO_8859_1);
            assertThatThrownBy(() -> Utf8.decode(bytes)).isInstanceOf(JsonRefused.class);
            assertThat(Utf8.decodeLenient(bytes)).contains("\ufffd").hasSizeLessThanOrEqualTo(bytes.length);
        }
        assertThat(Utf8.decodeLenient(new byte[] {'a', (byte) 0xFF, 'b'})).isEqualTo("a\ufffdb");
    }
}
