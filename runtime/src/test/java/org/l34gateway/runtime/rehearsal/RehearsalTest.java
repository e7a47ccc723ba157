// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.rehearsal;

import org.junit.jupiter.api.Test;

class RehearsalTest {
    @Test
    void a_process_reads_writes_and_is_healthy_without_a_cluster() throws Exception {
        // It throws when a list, a write or a health check was not answered.
        Rehearsal.run();
    }
}
