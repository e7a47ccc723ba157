// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.l34gateway.bench.Aim;

class PodsAimsTest {
    @Test
    void every_figure_has_a_meaning_and_every_aim_is_measured() {
        assertThat(PodsAims.ALL)
                .extracting(Aim::figure)
                .containsExactlyInAnyOrderElementsOf(new PodsCommand()
                        .lanes().stream()
                                .flatMap(lane -> lane.figures().stream())
                                .toList());
    }
}
