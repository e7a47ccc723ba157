// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.l34gateway.ip.IpPrefix;

/**
 * What to change on {@code lo}. The lists are sorted and never overlap.
 *
 * @param add VIPs to put there, which comes first
 * @param remove VIPs to take away
 */
record VipPlan(List<IpPrefix> add, List<IpPrefix> remove) {
    /**
     * Compares.
     *
     * @param wanted what this attachment shall hold
     * @param held what it held so far; only this is ever taken away
     * @param others what other attachments of the sandbox hold
     * @param present what of {@code wanted} and {@code held} is there
     */
    static VipPlan decide(
            Collection<IpPrefix> wanted,
            Collection<IpPrefix> held,
            Collection<IpPrefix> others,
            Collection<IpPrefix> present) {
        TreeSet<IpPrefix> add = new TreeSet<>(wanted);
        add.removeAll(new TreeSet<>(present));
        TreeSet<IpPrefix> remove = new TreeSet<>(held);
        remove.removeAll(new TreeSet<>(wanted));
        remove.removeAll(new TreeSet<>(others));
        remove.retainAll(new TreeSet<>(present));
        return new VipPlan(List.copyOf(new ArrayList<>(add)), List.copyOf(new ArrayList<>(remove)));
    }
}
