// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;

/**
 * What the kernel holds for one attachment. Lists are sorted and without duplicates.
 *
 * @param vips on {@code lo}: host prefixes are addresses, wider ones are local routes
 * @param table routing table, 0 for none yet
 * @param formerTables tables that a change under way empties; what is left in them after a kill is found by this
 * @param sources sources with a rule that looks into the table
 * @param nextHops gateways of the table's default routes
 * @param sysctls parameters that were set: path below /proc/sys → value
 * @param sysctlsBefore parameters that this or another attachment of the sandbox changed: path → value before the first
 */
public record Holdings(
        List<IpPrefix> vips,
        int table,
        List<Integer> formerTables,
        List<IpPrefix> sources,
        List<IpAddress> nextHops,
        SortedMap<String, String> sysctls,
        SortedMap<String, String> sysctlsBefore) {
    /** Nothing. */
    public static final Holdings NONE = ofVips(List.of());

    public Holdings {
        vips = List.copyOf(new ArrayList<>(new TreeSet<>(vips)));
        formerTables = List.copyOf(new ArrayList<>(new TreeSet<>(formerTables)));
        sources = List.copyOf(new ArrayList<>(new TreeSet<>(sources)));
        nextHops = List.copyOf(new ArrayList<>(new TreeSet<>(nextHops)));
        sysctls = new TreeMap<>(sysctls);
        sysctlsBefore = new TreeMap<>(sysctlsBefore);
    }

    /** VIPs and nothing else. */
    public static Holdings ofVips(Iterable<IpPrefix> vips) {
        List<IpPrefix> all = new ArrayList<>();
        vips.forEach(all::add);
        return new Holdings(all, 0, List.of(), List.of(), List.of(), new TreeMap<>(), new TreeMap<>());
    }
}
