// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.ip.IpPrefix;

/** Which VIPs a target may get packets for. Evidence adds and removes; silence keeps what was decided before. */
final class AttachedVips {
    private AttachedVips() {}

    /**
     * Decides for one target.
     *
     * <p>Added: what the pod holds, with a next hop of that family, once the gateway pods carry the answers. Kept: what
     * the pod holds, unless it alone has lost its next hops; when the Gateway has none at all, taking the targets away
     * too would only make its return slower.
     *
     * @param wanted VIPs of the Service
     * @param before what the target has now
     */
    static SortedSet<IpPrefix> of(
            SortedSet<IpPrefix> wanted, SortedSet<IpPrefix> before, Held held, AnswerGate.Look gate) {
        SortedSet<IpPrefix> vips = new TreeSet<>();
        for (IpPrefix vip : wanted) {
            boolean had = before.contains(vip);
            boolean has = switch (held) {
                case Held.Silent() -> had;
                case Held.Says(var holds, var nextHops) -> {
                    boolean nextHop = nextHops.contains(vip.family());
                    boolean othersHaveOne = gate.nextHops().contains(vip.family());
                    yield holds.contains(vip)
                            && (had
                                    ? nextHop || !othersHaveOne
                                    : nextHop && gate.answered().contains(vip));
                }
            };
            if (has) {
                vips.add(vip);
            }
        }
        return vips;
    }
}
