// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    record Refused(String quotes, Runnable construction) {
        @Override
        public String toString() {
            return quotes;
        }
    }

    static Stream<Refused> refused() {
        return Stream.of(
                new Refused("got 0", () -> new AutonomousSystem(0)),
                new Refused("got 4294967296", () -> new AutonomousSystem(4_294_967_296L)),
                new Refused("got -1", () -> new HoldTime(-1)),
                new Refused("got 2", () -> new HoldTime(2)),
                new Refused("got 65536", () -> new HoldTime(65_536)),
                new Refused("got PT3.5S", () -> HoldTime.of(Duration.ofMillis(3_500))),
                new Refused("got PT-3S", () -> HoldTime.of(Duration.ofSeconds(-3))),
                new Refused("got PT2562047788015215H30M7S", () -> HoldTime.of(Duration.ofSeconds(Long.MAX_VALUE))),
                new Refused("got 70000", () -> new BgpEnd(70_000, AutonomousSystem.DEFAULT_LOCAL)),
                new Refused("port is 1..65535, got 0", () -> new BgpEnd(0, AutonomousSystem.DEFAULT_LOCAL)),
                new Refused("min rx interval", () -> new Bfd.On(Duration.ZERO, null, null)),
                new Refused("min tx interval", () -> new Bfd.On(null, Duration.ofNanos(1_500), null)),
                new Refused("got PT1H11M35S", () -> new Bfd.On(null, Duration.ofSeconds(4_295), null)),
                new Refused(
                        "got PT2562047788015215H30M7S",
                        () -> new Bfd.On(null, Duration.ofSeconds(Long.MAX_VALUE), null)),
                new Refused("got PT-0.001S", () -> new Bfd.On(Duration.ofMillis(-1), null, null)),
                new Refused("multiplier is 1..255, got 0", () -> new Bfd.On(null, null, 0)),
                new Refused("multiplier is 1..255, got 256", () -> new Bfd.On(null, null, 256)));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void a_value_that_can_not_be_sent_is_refused_and_quoted(Refused row) {
        assertThatIllegalArgumentException().isThrownBy(row.construction()::run).withMessageContaining(row.quotes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a b", "net1\"; }", "net\n1", "a/b", "a:b", "net*", "-net1", "abcdefghijklmnop", "é", ".."})
    void an_interface_name_that_means_something_to_bird_is_refused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new InterfaceName(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"net1", "vlan-100", "eth0.100", "net1@if3", "abcdefghijklmno", "_x"})
    void usual_interface_names_are_taken(String name) {
        assertThat(new InterfaceName(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "ff02::1", "::ffff:10.0.0.1"
            })
    void an_address_that_is_no_neighbours_is_refused(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Samples.neighbour("n", address, new Bfd.Off()))
                .withMessageContaining("unicast");
    }

    @ParameterizedTest
    @CsvSource({"PT24S,24 s", "PT0.3S,300 ms", "PT0.0015S,1500 us", "PT0.000001S,1 us", "PT1H,3600 s"})
    void times_have_the_largest_unit_that_bird_reads_without_a_fraction(Duration time, String text) {
        assertThat(Interval.text(time)).isEqualTo(text);
    }

    @Test
    void a_hold_time_is_taken_as_given() {
        assertThat(HoldTime.of(Duration.parse("PT24S"))).isEqualTo(new HoldTime(24));
        assertThat(HoldTime.of(Duration.ZERO)).isEqualTo(new HoldTime(0));
    }
}
