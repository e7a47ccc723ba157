// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.l34gateway.bench.Aim;

class AimsTest {
    @Test
    void every_figure_that_is_measured_has_a_meaning() {
        assertThat(Aims.ALL)
                .extracting(Aim::figure)
                .doesNotHaveDuplicates()
                .containsAll(new DataPlaneCommand()
                        .lanes().stream()
                                .flatMap(lane -> lane.figures().stream())
                                .toList());
    }
}
