// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.controller.Fixtures;
import org.l34gateway.controller.slices.GatewayPod;

class ReachTest {
    private static final GatewayPod SILENT = new GatewayPod(Fixtures.gatewayPod("gw-9", "gw"), null);
    private static final Map<String, String> NAMES = names();

    private static Map<String, String> names() {
        Map<String, String> names = new TreeMap<>();
        IntStream.range(0, 12).forEach(i -> names.put("uid-t%02d".formatted(i), "t%02d".formatted(i)));
        return names;
    }

    private static GatewayPod pod(String name, boolean isolated, String... targets) {
        String unreachable = Stream.of(targets)
                .map(target -> "{podUID: uid-" + target + ", addresses: ['10.0.0.1', 'fd00::1']}")
                .collect(Collectors.joining(", ", "[", "]"));
        return new GatewayPod(
                Fixtures.gatewayPod(name, "gw"),
                Fixtures.gatewayReport(
                        name,
                        "gw",
                        "programmed: true\nisolated: %s\nunreachable: %s".formatted(isolated, unreachable)));
    }

    record Row(String name, List<GatewayPod> pods, List<String> problems) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Row row(String name, List<GatewayPod> pods, String... problems) {
        return new Row(name, pods, List.of(problems));
    }

    static Stream<Row> rows() {
        return Stream.of(
                row("all answer", List.of(pod("gw-0", false), SILENT)),
                row(
                        "two pods miss different targets",
                        List.of(pod("gw-0", false, "t02", "t01"), pod("gw-1", false, "t01"), SILENT),
                        "TargetsUnreachable: targets without answer: t01 from 2 of 2 gateway pods, "
                                + "t02 from 1 of 2 gateway pods"),
                row(
                        "what an isolated pod misses counts for nobody",
                        List.of(pod("gw-1", true, "t00", "t01"), pod("gw-0", true, "t01"), pod("gw-2", false)),
                        "GatewayPodIsolated: out of service because they do not reach targets that other gateway pods "
                                + "reach: gw-0, gw-1"),
                row("a target that is gone", List.of(pod("gw-0", false, "gone"))),
                row(
                        "many targets",
                        List.of(pod("gw-0", false, NAMES.values().toArray(String[]::new))),
                        "TargetsUnreachable: targets without answer: "
                                + IntStream.range(0, 10)
                                        .mapToObj("t%02d from 1 of 1 gateway pods, "::formatted)
                                        .collect(Collectors.joining())
                                + "2 more"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void tells_who_does_not_reach_whom(Row row) {
        assertThat(Reach.problems(row.pods(), NAMES))
                .extracting(problem -> problem.reason() + ": " + problem.message())
                .isEqualTo(row.problems());
    }
}
