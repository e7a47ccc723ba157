// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.l34gateway.program.ByteMatch;
import org.l34gateway.program.Protocol;

class ByteMatchTextTest {
    private static final List<Protocol> PROTOCOLS = List.of(Protocol.values());

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "tcp[13:1]=2                        | tcp[13:1] = 0x2",
                "tcp[13:1] & 0x12 = 0x2             | tcp[13:1] & 0x12 = 0x2",
                "tcp[13 : 1]&0x12=0x02              | tcp[13:1] & 0x12 = 0x2",
                "udp[4:2] & 0xffff = 65535          | udp[4:2] = 0xffff",
                "sctp[8:4] & 0xFFFFFFFF = 4294967295| sctp[8:4] = 0xffffffff",
                "sctp[4:4] & 0x80000000 = 0         | sctp[4:4] & 0x80000000 = 0x0",
            })
    void a_match_is_read(String text, String meaning) {
        assertThat(ByteMatchText.read(List.of(text))).singleElement().hasToString(meaning);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "icmp[0:1]=8                 | is not like",
                "TCP[0:1]=8                  | is not like",
                "' tcp[0:1]=8'               | is not like",
                "tcp[0:3]=8                  | is not like",
                "tcp[0]=8                    | is not like",
                "tcp[-1:1]=8                 | is not like",
                "tcp[0:1] & 3 = 1            | is not like",
                "tcp[0:1] & 0x = 1           | is not like",
                "tcp[0:1] != 1               | is not like",
                "tcp[0:1] = 010              | is not like",
                "tcp[0:1] = 1; drop          | is not like",
                "tcp[99999999999:1] = 1      | is not like",
                "tcp[0:4] = 0x100000000      | is not like",
                "tcp[20:1] = 1               | cannot match: bytes 20-20 are not in a header of TCP, which has 20 bytes",
                "udp[5:4] = 1                | cannot match: bytes 5-8 are not in a header of UDP, which has 8 bytes",
                "sctp[99999:4] = 1           | cannot match: bytes 99999-100002 are not in a header of SCTP, which has 12 bytes",
                "tcp[0:1] = 256              | cannot match: the value 0x100 has bits outside the mask 0xff",
                "tcp[0:4] = 4294967296       | cannot match: the value 0x100000000 has bits outside the mask 0xffffffff",
                "tcp[0:1] & 0xf0 = 1         | cannot match: the value 0x1 has bits outside the mask 0xf0",
                "tcp[0:1] & 0x0 = 0          | cannot match: the mask must be 0x1-0xff, got 0x0",
                "tcp[0:2] & 0x10000 = 0      | cannot match: the mask must be 0x1-0xffff, got 0x10000",
            })
    void another_text_is_refused_with_the_reason(String text, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ByteMatchText.read(List.of("tcp[0:1]=1", text)))
                .withMessageStartingWith("spec.byteMatches[1]: \"" + text + "\" " + reason);
    }

    @ParameterizedTest
    @CsvSource({
        "tcp[0:1]=1, udp[0:1]=1",
        "tcp[0:4]=1, tcp[3:1]=2",
        "tcp[3:1] & 0x3 = 2, tcp[2:2] & 0x1 = 1",
    })
    void matches_that_cannot_hold_together_are_refused(String first, String second) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ByteMatchText.read(List.of("tcp[13:1] & 0x2 = 2", first, second)))
                .withMessageMatching("spec.byteMatches\\[[12]]: .* cannot hold together with spec.byteMatches\\[[01]]");
    }

    @Test
    void matches_of_the_same_bytes_may_hold_together() {
        assertThat(ByteMatchText.read(List.of("tcp[0:4] & 0xff = 1", "tcp[2:2] & 0xff00 = 0", "tcp[3:1] = 1")))
                .hasSize(3);
    }

    @Test
    void no_protocol_of_the_route_is_left() {
        List<ByteMatch> udp = ByteMatchText.read(List.of("udp[0:1]=1"));
        assertThat(ByteMatchText.restricts(Set.of(Protocol.TCP, Protocol.UDP), udp))
                .containsExactly(Protocol.UDP);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ByteMatchText.restricts(Set.of(Protocol.TCP), udp))
                .withMessage("spec.byteMatches are about UDP, spec.protocols are [TCP]");
    }

    @Test
    void every_match_is_read_from_its_own_text_and_no_other_text_breaks_the_reader() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            Protocol protocol = PROTOCOLS.get(dice.nextInt(PROTOCOLS.size()));
            int length = 1 << dice.nextInt(3);
            long mask = dice.nextBoolean() ? ByteMatch.all(length) : dice.nextLong(1, ByteMatch.all(length) + 1);
            int offset = dice.nextInt(protocol.headerBytes() - length + 1);
            ByteMatch match = new ByteMatch(protocol, offset, length, mask, dice.nextLong() & mask);
            assertThat(ByteMatchText.read(List.of(match.toString())))
                    .as("repeat with -Dseed=" + seed)
                    .containsExactly(match);
            String spoilt = spoilt(match.toString(), dice);
            try {
                ByteMatch other = ByteMatchText.read(List.of(spoilt)).getFirst();
                assertThat(ByteMatchText.read(List.of(other.toString()))).containsExactly(other);
            } catch (IllegalArgumentException refused) {
                assertThat(refused)
                        .as("repeat with -Dseed=" + seed)
                        .hasMessageStartingWith("spec.byteMatches[0]: \"" + spoilt + "\" ");
            }
        }
    }

    private static String spoilt(String text, Random dice) {
        int at = dice.nextInt(text.length());
        List<String> marks =
                Stream.of("[", "]", ":", "=", "&", " ", "0", "9", "x", "f", "").toList();
        return text.substring(0, at) + marks.get(dice.nextInt(marks.size())) + text.substring(at + dice.nextInt(2));
    }
}
