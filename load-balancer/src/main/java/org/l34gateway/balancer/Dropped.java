// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Locale;

/** Why the rules drop a packet. Each has a counter of its own in the kernel. */
public enum Dropped {
    /** It goes to a VIP, and no flow takes it. */
    NO_FLOW,
    /** A flow takes it, and the backend that has it has no target. */
    NO_TARGET,
    /** It is no request that has a target and no answer of a VIP: a gateway pod forwards nothing else. */
    NOT_FORWARDED;

    /** As chains begin with. */
    String kind() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name of its counter. */
    String counter() {
        return "dropped_" + kind();
    }
}
