// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.ip.IpAddress;

class BirdConfigurationTest {
    private static final Path GOLDEN = Path.of("src/test/resources/org/l34gateway/bird/golden");
    private static final Bfd BFD_300_MS = new Bfd.On(Duration.ofMillis(300), Duration.ofMillis(300), 3);

    record Row(String name, BirdConfiguration configuration) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                new Row("nothing", new BirdConfiguration(Samples.ROUTER_ID, List.of(), List.of())),
                new Row(
                        "two-vips-of-each-family-and-no-router",
                        new BirdConfiguration(
                                Samples.ROUTER_ID,
                                Samples.prefixes("40.0.0.1", "20.0.0.1", "2000::1", "4000::1"),
                                List.of())),
                new Row(
                        "a-router-of-each-family-with-bfd",
                        new BirdConfiguration(
                                Samples.ROUTER_ID,
                                Samples.prefixes("20.0.0.1", "2000::1"),
                                List.of(
                                        Samples.neighbour("default/vpn-b-v4", "169.254.100.150", BFD_300_MS),
                                        Samples.neighbour("default/vpn-b-v6", "100:100::150", BFD_300_MS)))),
                new Row(
                        "every-value-as-given",
                        new BirdConfiguration(
                                Samples.ROUTER_ID, Samples.prefixes("20.0.0.0/28"), List.of(everythingGiven()))));
    }

    /** D49, D50: an AS number without a port, a hold time of 24 s, times that no unit of BIRD's but us can say. */
    private static BgpNeighbour everythingGiven() {
        return new BgpNeighbour(
                "default/edge.1",
                IpAddress.parse("fe80::5"),
                new InterfaceName("eth0.100"),
                new BgpEnd(179, new AutonomousSystem(4_294_967_295L)),
                new BgpEnd(1790, new AutonomousSystem(65_001)),
                HoldTime.of(Duration.ofSeconds(24)),
                new Bfd.On(Duration.ofNanos(1_500_000), Duration.ofSeconds(2), null));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void writes_the_golden_text(Row row) throws Exception {
        Path golden = GOLDEN.resolve(row.name() + ".conf");
        if ("update".equals(System.getProperty("golden"))) {
            Files.writeString(golden, row.configuration().text());
        }
        assertThat(row.configuration().text()).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void bird_takes_the_golden_text(Row row, @TempDir Path directory) throws Exception {
        assertThat(new BirdParser(directory).judge(Files.readString(GOLDEN.resolve(row.name() + ".conf"))))
                .isEmpty();
    }

    @Test
    void bird_refuses_what_is_no_configuration(@TempDir Path directory) throws Exception {
        assertThat(new BirdParser(directory).judge("protocol bgp { nonsense")).startsWith("exit 1");
    }

    @Test
    void bird_takes_whatever_the_records_let_through(@TempDir Path directory) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        var dice = new Random(seed);
        for (int i = 0; i < 100; i++) {
            BirdConfiguration configuration = Samples.random(dice);
            assertThat(new BirdParser(directory).judge(configuration.text()))
                    .as("repeat with -Dseed=%d, configuration %d: %s", seed, i, configuration)
                    .isEmpty();
        }
    }

    @Test
    void a_hostile_name_changes_a_symbol_and_a_description_only() {
        long seed = Long.getLong("seed", System.nanoTime());
        var dice = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            BgpNeighbour hostile = Samples.neighbour(Samples.hostileText(dice), "169.254.100.150", new Bfd.Off());
            BgpNeighbour harmless = Samples.neighbour("n", "169.254.100.150", new Bfd.Off());
            assertThat(withoutNames(hostile))
                    .as("repeat with -Dseed=%d, name %s", seed, hostile.name())
                    .isEqualTo(withoutNames(harmless));
        }
    }

    private static String withoutNames(BgpNeighbour neighbour) {
        String text = new BirdConfiguration(Samples.ROUTER_ID, List.of(), List.of(neighbour)).text();
        return Pattern.compile("(?m)^protocol bgp l34_\\w{1,60} \\{\n  description \"[A-Za-z0-9._/:-]*\";$")
                .matcher(text)
                .replaceAll("NAMES");
    }

    @Test
    void protocol_names_fit_bird_and_differ_for_names_that_read_alike() {
        String one = Samples.neighbour("a-b", "10.0.0.1", new Bfd.Off()).protocolName();
        String other = Samples.neighbour("a_b", "10.0.0.1", new Bfd.Off()).protocolName();
        assertThat(one).isNotEqualTo(other).startsWith("l34_a_b_");
        assertThat(Samples.neighbour("x".repeat(500), "10.0.0.1", new Bfd.Off()).protocolName())
                .hasSizeLessThan(64);
    }

    @Test
    void the_order_and_number_of_vips_given_do_not_matter() {
        var one = new BirdConfiguration(Samples.ROUTER_ID, Samples.prefixes("20.0.0.1", "2000::1"), List.of());
        var other = new BirdConfiguration(
                Samples.ROUTER_ID, Samples.prefixes("2000::1", "20.0.0.1", "20.0.0.1"), List.of());
        assertThat(one).isEqualTo(other);
        assertThat(one.withVips(List.of()).withVips(one.vips())).isEqualTo(one);
    }

    @Test
    void neighbours_with_one_name_or_one_address_are_refused() {
        var here = Samples.neighbour("a", "10.0.0.1", new Bfd.Off());
        for (var clash : List.of(
                Samples.neighbour("a", "10.0.0.2", new Bfd.Off()), Samples.neighbour("b", "10.0.0.1", new Bfd.Off()))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new BirdConfiguration(Samples.ROUTER_ID, List.of(), List.of(here, clash)))
                    .withMessageContaining("two neighbours");
        }
    }

    @Test
    void a_line_of_the_text_leads_to_the_neighbour_it_speaks_of() {
        BgpNeighbour one = Samples.neighbour("a", "10.0.0.1", BFD_300_MS);
        BgpNeighbour other = Samples.neighbour("b", "10.0.0.2", new Bfd.Off());
        var configuration = new BirdConfiguration(Samples.ROUTER_ID, List.of(), List.of(one, other));
        List<String> lines = configuration.text().lines().toList();
        int first = lines.indexOf("protocol bgp " + one.protocolName() + " {") + 1;
        int second = lines.indexOf("protocol bgp " + other.protocolName() + " {") + 1;
        assertThat(configuration.neighbourAt(first - 1)).isNull();
        assertThat(configuration.neighbourAt(first)).isEqualTo(one);
        assertThat(configuration.neighbourAt(second - 1)).isEqualTo(one);
        assertThat(configuration.neighbourAt(second)).isEqualTo(other);
        assertThat(configuration.neighbourAt(lines.size() + 1)).isEqualTo(other);
        assertThat(configuration.neighbourAt(0)).isNull();
        assertThat(configuration.without(one).neighbours()).containsExactly(other);
    }

    @Test
    void router_ids_of_pods_differ_and_are_never_zero() {
        IpAddress one = BirdConfiguration.routerId("0a3c6c7e-4b61-4a7f-9d4b-000000000001");
        assertThat(one).isNotEqualTo(BirdConfiguration.routerId("0a3c6c7e-4b61-4a7f-9d4b-000000000002"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BirdConfiguration(IpAddress.parse("0.0.0.0"), List.of(), List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BirdConfiguration(IpAddress.parse("::1"), List.of(), List.of()));
    }
}
