// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.nftables.Octets;

/**
 * What the stage should know. Maps and arrays must not change any more: they are large.
 *
 * @param services VIP, protocol and port, as the element of the nftables map has them → place, for each family
 * @param vips single addresses from which answers come, of each family
 * @param flows names of all that there are, with services or without
 * @param banks name → rows of 16 slots, two in a number, the first in its lower half: marks of targets, or {@link #ELSEWHERE}
 * @param targets mark, 1..65,534 → address; an address that comes in the place of another was not in any slot before
 */
public record StageContent(
        Map<IpFamily, Map<Octets, Place>> services,
        Map<IpFamily, Set<IpAddress>> vips,
        SortedSet<String> flows,
        SortedMap<String, int[]> banks,
        Map<Integer, IpAddress> targets) {
    /** A slot of which nftables knows more. */
    public static final int ELSEWHERE = 0xFFFF;

    /** Numbers in a row. */
    static final int ROW_WORDS = 8;

    public StageContent {
        services = Collections.unmodifiableMap(services);
        vips = Collections.unmodifiableMap(vips);
        flows = Collections.unmodifiableSortedSet(flows);
        banks = Collections.unmodifiableSortedMap(banks);
        targets = Collections.unmodifiableMap(targets);
    }

    Map<Octets, Place> services(IpFamily family) {
        return services.getOrDefault(family, Map.of());
    }

    Set<IpAddress> vips(IpFamily family) {
        return vips.getOrDefault(family, Set.of());
    }

    /** How many rows a bank has. */
    static int rows(int[] bank) {
        return bank.length / ROW_WORDS;
    }
}
