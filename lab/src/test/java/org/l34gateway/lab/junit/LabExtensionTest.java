// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.lab.Lab;

@Tag("cluster")
@ExtendWith(LabExtension.class)
class LabExtensionTest {
    private static final Set<Lab> SEEN = new HashSet<>();

    @RepeatedTest(2)
    void all_tests_of_a_run_share_one_lab_that_is_up(Lab lab) {
        SEEN.add(lab);
        assertThat(SEEN).hasSize(1);
        assertThat(lab.kubectl("get", "nodes", "--output=name").lines()).containsExactly("node/node1", "node/node2");
        assertThat(lab.router("vpn-a").birdc("show", "protocols")).contains("gateways4", "gateways6");
    }
}
