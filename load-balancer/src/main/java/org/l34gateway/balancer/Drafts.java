// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.l34gateway.balancer.WantedTable.Elements;
import org.l34gateway.balancer.WantedTable.Numbers;
import org.l34gateway.ip.IpFamily;
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

    /** The last ones: they are changed where marks have changed. */
    Targets marked = Tables.unmarked();

    /**
     * What is written for one VIP.
     *
     * @param dispatch its chain
     * @param services its ports that a hash finds
     * @param quoted the same for ICMP errors
     * @param chains that it needs
     * @param maps that it needs
     * @param counters that they name
     */
    record Vip(
            Element dispatch,
            List<Element> services,
            List<Element> quoted,
            SortedMap<String, List<List<Expression>>> chains,
            SortedMap<String, Elements> maps,
            Set<String> counters) {}

    /**
     * What is written for all of them.
     *
     * @param pools suffixes of those that the chains know
     */
    record Vips(
            SortedMap<String, List<List<Expression>>> chains,
            SortedMap<String, Elements> maps,
            SortedSet<String> counters,
            Set<String> pools) {}

    /**
     * What is written for targets.
     *
     * @param addresses of each family
     */
    record Targets(Marks marks, Elements sent, Map<IpFamily, Elements> addresses) {}

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
