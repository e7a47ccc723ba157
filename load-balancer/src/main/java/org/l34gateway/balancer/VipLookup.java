// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.l34gateway.balancer.ChainBook.rule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.Expression.Load;
import org.l34gateway.linux.nftables.Expression.Mask;
import org.l34gateway.linux.nftables.Octets;

/**
 * How rules find the longest VIP that has an address: single addresses by hash first, then a hash of the address's first bits
 * for each length that prefix VIPs have. VIPs that are single addresses never pay for the others, and a prefix that comes or
 * goes is one element.
 */
record VipLookup(Map<IpFamily, SortedSet<Integer>> lengths) {
    /** For these VIPs. */
    static VipLookup of(Collection<IpPrefix> vips) {
        Map<IpFamily, SortedSet<Integer>> lengths = new EnumMap<>(IpFamily.class);
        for (IpFamily family : IpFamily.values()) {
            SortedSet<Integer> longestFirst = new TreeSet<>(Collections.reverseOrder());
            longestFirst.add(family.bits());
            lengths.put(family, longestFirst);
        }
        for (IpPrefix vip : vips) {
            lengths.getOrDefault(vip.family(), new TreeSet<>()).add(vip.length());
        }
        return new VipLookup(lengths);
    }

    /** The lengths that a family's VIPs have, the longest first; that of single addresses always. */
    SortedSet<Integer> lengths(IpFamily family) {
        return lengths.getOrDefault(family, new TreeSet<>());
    }

    /** Looks an address up. */
    interface Look {
        /**
         * The instruction that looks.
         *
         * @param set name of the set or map of a length, whose key is in the register that the address was loaded to
         */
        Expression in(String set);
    }

    /** One rule for each length: the first that matches has found the VIP. */
    List<List<Expression>> rules(IpFamily family, String kind, Load address, Look look) {
        List<List<Expression>> rules = new ArrayList<>();
        for (int length : lengths(family)) {
            List<Expression> found = List.of(look.in(named(kind, family, length)));
            rules.add(rule(List.of(address), masked(family, length, address), found));
        }
        return rules;
    }

    private static List<Expression> masked(IpFamily family, int length, Load address) {
        if (length == family.bits()) {
            return List.of();
        }
        byte[] ones = new byte[family.bytes()];
        Arrays.fill(ones, (byte) 0xFF);
        IpAddress mask = new IpPrefix(IpAddress.of(ones), length).address();
        Octets zero = Octets.of(new byte[family.bytes()]);
        return List.of(new Mask(address.to(), address.to(), Octets.of(mask), zero));
    }

    /** The name of the set or map of one length. */
    static String named(String kind, IpFamily family, int length) {
        String name = Tables.named(kind, family);
        return length == family.bits() ? name : name + "_" + length;
    }

    /** The length to which a set or map of this kind and family belongs; empty for any other. */
    static OptionalInt lengthOf(String name, String kind, IpFamily family) {
        String host = Tables.named(kind, family);
        if (name.equals(host)) {
            return OptionalInt.of(family.bits());
        }
        return name.matches(host + "_\\d{1,3}")
                ? OptionalInt.of(Integer.parseInt(name.substring(host.length() + 1)))
                : OptionalInt.empty();
    }
}
