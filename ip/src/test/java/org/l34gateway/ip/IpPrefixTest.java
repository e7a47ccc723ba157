// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.ip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpPrefixTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1/32",
        "192.0.2.129/25, 192.0.2.128/25",
        "0.0.0.0/0, 0.0.0.0/0",
        "10.1.2.3/0, 0.0.0.0/0",
        "2001:DB8::1, 2001:db8::1/128",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1/128",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1/128",
        "::, ::/128",
        "::1, ::1/128",
        "1::, 1::/128",
        "::ffff:192.0.2.1, ::ffff:c000:201/128",
        "64:ff9b::192.0.2.33/96, 64:ff9b::/96",
        "fe80:1:2:3:4:5:6:7/10, fe80::/10",
    })
    void reads_a_prefix_and_writes_it_canonically(String text, String canonical) {
        assertThat(IpPrefix.parse(text)).hasToString(canonical);
        assertThat(IpPrefix.parse(canonical)).isEqualTo(IpPrefix.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.4 ",
                "1.2.3.4/",
                "1.2.3.4/33",
                "1.2.3.4/-1",
                "1.2.3.4/08",
                "1.2.3.4/+8",
                "1.2.3.4/8/8",
                ":",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "g::",
                "::1.2.3",
                "1.2.3.4::",
                "1:2:3:4:5:6:7::8",
                "fe80::1%eth0",
                "::/129",
                "::/",
                "localhost",
                "1:2:3:4:5:6:7:1.2.3.4",
                ":1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:",
            })
    void refuses_what_is_not_a_prefix_and_quotes_it(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> IpPrefix.parse(text));
    }

    @Test
    void agrees_with_the_jdk_on_random_addresses() throws UnknownHostException {
        long seed = Long.getLong("seed", System.nanoTime());
        var dice = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[dice.nextBoolean() ? 4 : 16];
            dice.nextBytes(bytes);
            for (int zeros = dice.nextInt(bytes.length + 1), at = dice.nextInt(bytes.length); zeros > 0; zeros--) {
                bytes[(at + zeros) % bytes.length] = 0;
            }
            bytes[0] |= 0x20; // not IPv4-mapped, which the JDK turns into IPv4
            IpAddress address = IpAddress.of(bytes);
            String repeat = "repeat with -Dseed=" + seed;
            assertThat(InetAddress.getByName(address.toString()).getAddress())
                    .as(repeat)
                    .isEqualTo(bytes);
            assertThat(IpAddress.parse(InetAddress.getByAddress(bytes).getHostAddress()))
                    .as(repeat)
                    .isEqualTo(address);
        }
    }

    @Test
    void contains_what_shares_its_leading_bits() {
        IpPrefix net = IpPrefix.parse("20.0.0.0/9");
        assertThat(net.contains(IpAddress.parse("20.127.255.255"))).isTrue();
        assertThat(net.contains(IpAddress.parse("20.128.0.0"))).isFalse();
        assertThat(net.contains(IpAddress.parse("2000::"))).isFalse();
        assertThat(net.contains(IpPrefix.parse("20.1.0.0/16"))).isTrue();
        assertThat(net.contains(IpPrefix.parse("20.0.0.0/8"))).isFalse();
    }

    @Test
    void orders_ipv4_before_ipv6_and_by_unsigned_bytes() {
        assertThat(new IpAddress[] {
                    IpAddress.parse("ff00::"),
                    IpAddress.parse("200.0.0.1"),
                    IpAddress.parse("1::"),
                    IpAddress.parse("20.0.0.1")
                })
                .satisfies(addresses -> {
                    java.util.Arrays.sort(addresses);
                    assertThat(addresses)
                            .extracting(IpAddress::toString)
                            .containsExactly("20.0.0.1", "200.0.0.1", "1::", "ff00::");
                });
    }
}
