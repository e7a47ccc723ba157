// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.nftables.Element;

/**
 * What an earlier process has left in the kernel.
 *
 * @param states suffix of a pool ({@link PoolNames}) → {@link SlotState} of each slot
 * @param suffixes VIP → those of the pools to which its packets go
 * @param addresses mark → address of a target
 */
record Left(Map<String, int[]> states, Map<IpPrefix, Set<String>> suffixes, Map<Integer, IpAddress> addresses) {
    static final Left NOTHING = new Left(Map.of(), Map.of(), Map.of());

    /** In the table that decides. */
    static Left read(PresentTable decides, Map<Integer, IpAddress> addresses) {
        Map<String, Set<String>> byChain = new HashMap<>();
        Map<IpPrefix, Set<String>> suffixes = new HashMap<>();
        begins(decides)
                .forEach((vip, chains) -> chains.forEach(chain -> suffixes.computeIfAbsent(vip, _ -> new TreeSet<>())
                        .addAll(byChain.computeIfAbsent(chain, _ -> suffixes(chain, decides)))));
        return new Left(SlotBanks.read(decides), suffixes, addresses);
    }

    /** VIP → the chains where its packets begin. */
    static Map<IpPrefix, Set<String>> begins(PresentTable decides) {
        Map<IpPrefix, Set<String>> begins = new HashMap<>();
        for (IpFamily family : IpFamily.values()) {
            Tables.ways(family, decides.elements().keySet())
                    .forEach((map, length) -> decides.entries(map).forEach(way -> {
                        if (way.content() instanceof Element.Goto(String chain)) {
                            IpPrefix vip = new IpPrefix(IpAddress.of(way.key().first(family.bytes())), length);
                            begins.computeIfAbsent(vip, _ -> new TreeSet<>()).add(chain);
                        }
                    }));
        }
        return begins;
    }

    /** Of the pools to which the packets of a chain go. */
    static Set<String> suffixes(String chain, PresentTable decides) {
        return decides.reached(chain).stream()
                .flatMap(name -> PoolNames.poolOf(name).stream())
                .collect(Collectors.toSet());
    }
}
