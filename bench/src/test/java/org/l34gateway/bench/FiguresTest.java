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
}
