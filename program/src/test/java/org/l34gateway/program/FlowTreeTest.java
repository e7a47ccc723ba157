// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

class FlowTreeTest {
    private static final int LIMIT = 1 << 15;

    private static Flow flow(int number, List<IpPrefix> sources, List<PortRange> sourcePorts, List<PortRange> ports) {
        return new Flow(
                "ns/" + number,
                1,
                List.of(IpPrefix.parse("20.0.0.1")),
                sources,
                sourcePorts,
                ports,
                Set.of(Protocol.TCP),
                List.of());
    }

    /** As long lists as the API takes, of ranges that begin anywhere. */
    private static Flow overlapping(int number, Random dice) {
        List<IpPrefix> sources = new ArrayList<>();
        List<PortRange> sourcePorts = new ArrayList<>();
        List<PortRange> ports = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            sources.add(IpPrefix.parse("10.%d.%d.0/%d".formatted(dice.nextInt(256) & 0xF0, 0, 12)));
        }
        for (int i = 0; i < 64; i++) {
            sourcePorts.add(range(dice));
            ports.add(range(dice));
        }
        return flow(number, sources, sourcePorts, ports);
    }

    private static PortRange range(Random dice) {
        int first = dice.nextInt(60_000);
        return new PortRange(first, first + dice.nextInt(5_000));
    }

    private static int size(List<Flow> flows) {
        return FlowTree.size(flows, IpFamily.IPV4, LIMIT);
    }

    @Test
    void four_thousand_routes_that_do_not_overlap_fit_on_one_vip() {
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            flows.add(flow(i, List.of(), List.of(), List.of(PortRange.of(1_000 + i))));
        }
        assertThat(size(flows)).isLessThan(LIMIT);
    }

    @Test
    void one_route_fits_whatever_it_says() {
        assertThat(size(List.of(overlapping(1, new Random(1))))).isLessThan(LIMIT / 10);
    }

    @Test
    @Timeout(20)
    void routes_that_multiply_are_found_out_without_doing_the_work() {
        Random dice = new Random(7);
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < 4_096; i++) {
            flows.add(overlapping(i, dice));
        }
        assertThat(size(flows)).isGreaterThan(LIMIT);
        assertThat(size(flows.subList(0, 20))).isGreaterThan(LIMIT);
    }

    @Test
    void a_route_more_never_makes_the_tree_smaller() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        for (int round = 0; round < 100; round++) {
            List<Flow> flows = new ArrayList<>();
            int before = 0;
            for (int i = 0; i < 6; i++) {
                flows.add(flow(i, someSources(dice), somePorts(dice), somePorts(dice)));
                int now = FlowTree.size(flows, IpFamily.IPV4, Integer.MAX_VALUE);
                assertThat(now).as("seed %d", seed).isGreaterThanOrEqualTo(before);
                before = now;
            }
        }
    }

    private static List<IpPrefix> someSources(Random dice) {
        List<IpPrefix> sources = new ArrayList<>();
        for (int i = dice.nextInt(4); i > 0; i--) {
            sources.add(IpPrefix.parse("10.%d.0.0/%d"
                    .formatted(dice.nextInt(4), 15 + dice.nextInt(2))
                    .replace(".1.0.0/15", ".0.0.0/15")
                    .replace(".3.0.0/15", ".2.0.0/15")));
        }
        return sources;
    }

    private static List<PortRange> somePorts(Random dice) {
        List<PortRange> ports = new ArrayList<>();
        for (int i = dice.nextInt(4); i > 0; i--) {
            int first = dice.nextInt(20);
            ports.add(new PortRange(first, first + dice.nextInt(5)));
        }
        return ports;
    }

    /** Cut by hand, number by number. */
    @Test
    void a_partition_says_of_every_number_who_admits_it() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        for (int round = 0; round < 500; round++) {
            Map<String, List<PortRange>> admitted =
                    Map.of("a", somePorts(dice), "b", somePorts(dice), "c", somePorts(dice));
            Function<String, List<Range>> ranges = thing -> admitted.getOrDefault(thing, List.of()).stream()
                    .map(Range::of)
                    .toList();
            var cut = Partition.of(List.of("c", "a", "b"), ranges);
            Set<BigInteger> seen = new HashSet<>();
            cut.forEach(part -> part.ranges().forEach(range -> {
                for (BigInteger n = range.first(); n.compareTo(range.last()) <= 0; n = n.add(BigInteger.ONE)) {
                    int number = n.intValue();
                    assertThat(part.things())
                            .as("%d, seed %d", number, seed)
                            .isEqualTo(List.of("c", "a", "b").stream()
                                    .filter(thing -> admits(admitted.getOrDefault(thing, List.of()), number))
                                    .toList());
                    assertThat(seen.add(n)).isTrue();
                }
            }));
            assertThat(cut).extracting(Partition.Part::things).doesNotContain(List.of());
        }
    }

    private static boolean admits(List<PortRange> ranges, int number) {
        return ranges.isEmpty() || ranges.stream().anyMatch(range -> range.contains(number));
    }
}
