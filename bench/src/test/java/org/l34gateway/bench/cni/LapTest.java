// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.l34gateway.bench.cni.ChildProcess.Ended;

class LapTest {
    @Test
    void half_of_the_calls_are_no_longer_than_the_median_and_99_of_100_than_the_99th_percentile() {
        // 200 ms, 199 ms, … 1 ms.
        List<Ended> adds = IntStream.range(0, 200)
                .mapToObj(i -> ended(200 - i, i < 50 ? 7 : 3))
                .toList();
        Lap lap = new Lap(adds, List.of(ended(8, 0), ended(2, 0), ended(4, 0)));
        assertThat(lap.addMillis()).isEqualTo(100);
        assertThat(lap.addMillisOf99()).isEqualTo(198);
        assertThat(lap.addCpuMicros()).isEqualTo(3);
        assertThat(lap.delMillis()).isEqualTo(4);
    }

    @Test
    void of_few_calls_the_99th_percentile_is_the_longest() {
        Lap lap = new Lap(List.of(ended(3, 0), ended(9, 0)), List.of());
        assertThat(lap.addMillisOf99()).isEqualTo(9);
        assertThat(lap.addMillis()).isEqualTo(3);
    }

    private static Ended ended(int millis, int cpuMicros) {
        return new Ended(0, "", "", millis * 1_000_000L, cpuMicros);
    }
}
