// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.l34gateway.attachments.MultusElements;

class AttachmentKeyTest {
    @Test
    void is_what_both_interface_names_of_a_gateway_share() {
        AttachmentKey key = AttachmentKey.of(Examples.BLUE);
        assertThat(key.vipInterface()).isEqualTo(MultusElements.vipInterface("shop", "blue"));
        assertThat(key.routeInterface()).isEqualTo(MultusElements.policyRouteInterface("shop", "blue"));
        assertThat(AttachmentKey.ofInterface(key.vipInterface())).hasValue(key);
        assertThat(AttachmentKey.ofInterface(key.routeInterface())).hasValue(key);
    }

    @Test
    void other_attachments_have_none() {
        assertThat(AttachmentKey.ofInterface("l34s0123456789a")).isEmpty();
        assertThat(AttachmentKey.ofInterface("net1")).isEmpty();
        assertThat(AttachmentKey.ofInterface("l34vshort")).isEmpty();
    }
}
