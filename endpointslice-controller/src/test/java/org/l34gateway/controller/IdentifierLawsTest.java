// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.Test;
import org.l34gateway.runtime.process.ClusterConnection;

/**
 * What holds of identifiers whatever happens: controllers that die between two writes or are deposed while one is under
 * way, watches that are behind, foreign edits, gateway pods that see any mix of old and new slices.
 */
class IdentifierLawsTest {
    private static final int SCHEDULES = 2_500;

    @Test
    void no_identifier_has_two_owners_and_every_target_keeps_its_own_in_any_schedule() {
        long first = Long.getLong("seed", System.nanoTime());
        try (KubernetesClient nowhere = ClusterConnection.open(
                "test",
                new ConfigBuilder()
                        .withAutoConfigure(false)
                        .withMasterUrl("https://127.0.0.1:1")
                        .build())) {
            for (long seed = first; seed - first < SCHEDULES; seed++) {
                IdentifierSchedule schedule = new IdentifierSchedule(seed, nowhere);
                schedule.play();
                assertThat(schedule.broken()).as(schedule.story()).isEmpty();
            }
        }
    }
}
