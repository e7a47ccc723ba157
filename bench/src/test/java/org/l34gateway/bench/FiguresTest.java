// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void the_median_is_the_run_in_the_middle() {
        assertThat(new Figure(List.of(3.0, 1.0, 9.0)).median()).isEqualTo(3.0);
        assertThat(new Figure(List.of(3.0, 1.0, 9.0, 4.0)).median()).isEqualTo(3.5);
        assertThat(new Figure(List.of(3.0, 1.0, 9.0)).min()).isEqualTo(1.0);
        assertThat(new Figure(List.of(3.0, 1.0, 9.0)).max()).isEqualTo(9.0);
        assertThatIllegalArgumentException().isThrownBy(() -> new Figure(List.of()));
    }

    @Test
    void json_has_median_spread_and_runs_by_name() {
        Figures figures = new Figures();
        figures.put("fast_v4", new Figure(List.of(0.5, 0.75, 1.0)));
        assertThat(figures.json().replaceAll("\\s", ""))
                .isEqualTo("{\"figures\":{\"fast_v4\":{\"median\":0.75,\"min\":0.5,\"max\":1.0,\"runs\":3}}}");
        assertThat(figures.table()).contains("fast_v4").contains("0.750");
    }

    @Test
    void markdown_says_what_was_wanted_and_whether_it_came() {
        Figures figures = new Figures();
        figures.put("more", new Figure(List.of(12_345.6, 2.0)));
        figures.put("good", new Figure(List.of(0.5, 0.84567, 1.0)));
        figures.put("fair", new Figure(List.of(3.0)));
        figures.put("poor", new Figure(List.of(5.5)));
        figures.put("once", new Figure(List.of(0.0, 0.0, 1.0)));
        assertThat(figures.markdown(List.of(
                        Aim.atMost("good", 1, 0.85, "cost"),
                        Aim.atLeast("fair", 2, 4, "gain"),
                        Aim.atMost("poor", 5, 2, "time"),
                        Aim.never("once", "fault"),
                        Aim.none("less", "never measured"),
                        Aim.atMost("later", 0, 0, "loss"))))
                .isEqualTo("""
                        | figure | what it is | median | from – to | runs | wanted | met |
                        |---|---|---|---|---|---|---|
                        | `good` | cost | 0.846 | 0.5 – 1 | 3 | ≤ 1 (0.85) | yes |
                        | `fair` | gain | 3 | 3 – 3 | 1 | ≥ 2 (4) | yes, not the stretch |
                        | `poor` | time | 5.5 | 5.5 – 5.5 | 1 | ≤ 5 (2) | no |
                        | `once` | fault | 0 | 0 – 1 | 3 | ≤ 0 | no |
                        | `later` | loss | not measured | | | ≤ 0 | |
                        | `more` |  | 6170 | 2 – 12300 | 2 |  |  |
                        """);
    }
}
