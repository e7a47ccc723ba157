// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    private static final Set<String> NAMES = Set.of(
            "--to", "--connections", "--protocol", "--timeout", "--parallel", "--payload", "--answer", "--source");

    private static TrafficPlan plan(String line) {
        return TrafficMain.plan(Options.parse(line.split(" "), NAMES));
    }

    @Test
    void a_full_line_becomes_a_plan() {
        assertThat(plan("--to [2000::1]:4000 --connections 400 --protocol udp --timeout 500ms --parallel 8"
                        + " --payload 9000 --answer 1 --source 200:100::100"))
                .isEqualTo(new TrafficPlan(
                        new InetSocketAddress(InetAddress.ofLiteral("2000::1"), 4000),
                        TransportProtocol.UDP,
                        InetAddress.ofLiteral("200:100::100"),
                        400,
                        8,
                        Duration.ofMillis(500),
                        new TrafficPlan.Exchange(9000, 1)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--connections 4 | --to is missing",
                "--to 20.0.0.1 | --to must look like",
                "--to 2000::1:4000 | --to must look like",
                "--to 20.0.0.1:99999 | port out of range",
                "--to pod.example:4000 | pod.example",
                "--to 20.0.0.1:4000 --connections 0 | --connections must be a number of 1 or more, got '0'",
                "--to 20.0.0.1:4000 --protocol sctp | --protocol must be tcp or udp, got 'sctp'",
                "--to 20.0.0.1:4000 --timeout 2 | a time must look like",
                "--to 20.0.0.1:4000 --timeout 0s | a time must look like",
                "--to 20.0.0.1:4000 --source 2000::9 | different families",
                "--to 20.0.0.1:4000 --protocol udp --payload 65508 | at most 65507 bytes",
                "--to 20.0.0.1:4000 --to 20.0.0.2:4000 | --to stands twice",
                "--to | --to needs a value",
                "--tos 1 | unknown argument '--tos'",
            })
    void a_wrong_line_is_refused_with_the_argument_named(String line, String message) {
        assertThatThrownBy(() -> plan(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void port_lists_are_ranges_and_numbers() {
        assertThat(Ports.parse("4000,4100-4102")).containsExactly(4000, 4100, 4101, 4102);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "2-1", "a", "1-2-3"})
    void what_is_no_port_list_is_refused(String text) {
        assertThatThrownBy(() -> Ports.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
