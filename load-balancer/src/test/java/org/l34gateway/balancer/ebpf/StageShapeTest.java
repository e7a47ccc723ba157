// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;

class StageShapeTest {
    @Test
    void a_stage_is_as_large_as_the_next_power_of_two() {
        StageShape shape = StageShape.of(7, 1_500, content(5_000, 300));
        assertThat(shape).isEqualTo(new StageShape(7, 1_500, 8_192, 512, 256, 256));
        assertThat(shape.holds(StageShape.of(7, 1_500, content(8_192, 511)))).isTrue();
        assertThat(shape.holds(StageShape.of(7, 1_500, content(8_193, 511)))).isFalse();
        assertThat(shape.holds(StageShape.of(7, 1_500, content(8_192, 512)))).isFalse();
        assertThat(shape.holds(StageShape.of(8, 1_500, content(1, 1)))).isFalse();
        assertThat(shape.holds(StageShape.of(7, 1_400, content(1, 1)))).isFalse();
    }

    @Test
    void it_is_never_larger_than_it_may() {
        assertThat(StageShape.of(7, 1_500, content(StageShape.MOST_ROWS + 1, 65_534)))
                .isEqualTo(new StageShape(7, 1_500, StageShape.MOST_ROWS, 65_536, 256, 256));
    }

    @Test
    void services_and_vips_fill_half_of_the_buckets() {
        Set<IpAddress> vips = IntStream.range(0, 200)
                .mapToObj(i -> IpAddress.parse("20.0.0." + i))
                .collect(Collectors.toSet());
        StageContent content =
                new StageContent(Map.of(), Map.of(IpFamily.IPV4, vips), new TreeSet<>(), new TreeMap<>(), targets(1));
        assertThat(StageShape.of(7, 1_500, content).buckets()).isEqualTo(512);
    }

    private static StageContent content(int rows, int lastMark) {
        SortedMap<String, int[]> banks = new TreeMap<>();
        banks.put("bank", new int[rows * StageContent.ROW_WORDS]);
        return new StageContent(Map.of(), Map.of(), new TreeSet<>(), banks, targets(lastMark));
    }

    private static Map<Integer, IpAddress> targets(int lastMark) {
        return Map.of(lastMark, IpAddress.parse("10.0.0.2"));
    }
}
