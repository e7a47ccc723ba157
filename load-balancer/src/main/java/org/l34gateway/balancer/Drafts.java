// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.l34gateway.balancer.WantedTable.Elements;
import org.l34gateway.balancer.WantedTable.Numbers;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;

/** What {@link Tables} has written before and need not write again. */
final class Drafts {
    final Kept<IpPrefix, Vip> vips = new Kept<>();
    final Kept<String, Vips> allVips = new Kept<>();
    final Kept<String, Pool> pools = new Kept<>();
    final Kept<String, Numbers> numbers = new Kept<>();
    final Kept<String, Elements> targets = new Kept<>();

    /**
     * What is written for one VIP.
     *
     * @param dispatch its chain
     * @param services its ports that a hash finds
     * @param quoted the same for ICMP errors
     * @param chains that it needs
     * @param maps that it needs
     */
    record Vip(
            Element dispatch,
            List<Element> services,
            List<Element> quoted,
            SortedMap<String, List<List<Expression>>> chains,
            SortedMap<String, Elements> maps) {}

    /** What is written for all of them. */
    record Vips(SortedMap<String, List<List<Expression>>> chains, SortedMap<String, Elements> maps) {}

    /**
     * What is written for a pool beside its slots.
     *
     * @param marks target → mark
     */
    record Pool(Elements flows, Map<Integer, Integer> marks) {}

    void endRound() {
        vips.endRound();
        allVips.endRound();
        pools.endRound();
        numbers.endRound();
        targets.endRound();
    }
}
