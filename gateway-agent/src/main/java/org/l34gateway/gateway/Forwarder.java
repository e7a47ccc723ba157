// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import org.l34gateway.gateway.plan.Forwarded;
import org.l34gateway.gateway.plan.Wanted;

/** The kernel's packet forwarding. Calls come from one thread. */
interface Forwarder {
    /** What the kernel forwards now, also what an earlier process of this pod put there. */
    Forwarded present();

    /**
     * Makes the kernel forward what is wanted and nothing else; does nothing when it does already.
     *
     * @return what the kernel forwards now; not programmed, with problems, when the kernel refused
     */
    Forwarded apply(Wanted wanted);
}
