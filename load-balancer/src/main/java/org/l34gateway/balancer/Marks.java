// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.l34gateway.ip.IpAddress;

/**
 * The packet marks of a gateway pod. Bits 0..15: a target's address. Bit 30: an answer. On its way through the chains a packet's
 * mark is for a moment the number of its slot.
 *
 * @param byAddress marks of target addresses, 1..65,534; addresses of all groups share one numbering
 */
record Marks(SortedMap<IpAddress, Integer> byAddress) {
    /** No address has one. */
    static final Marks NONE = new Marks(new TreeMap<>());
    /** A packet with a VIP as source, on its way to the outside. */
    static final int ANSWER = 1 << 30;
    /** The bits of a target's mark. */
    static final int TARGET_MASK = 0xFFFF;

    private static final int LAST = SlotBanks.ELSEWHERE - 1;

    Marks {
        byAddress = Collections.unmodifiableSortedMap(new TreeMap<>(byAddress));
    }

    /**
     * Keeps the marks of addresses that have one, gives the lowest unused ones to new addresses. A mark that is in the kernel for
     * another address is not given away at once: packets may still carry it. Addresses beyond the last mark get none.
     *
     * @param present mark → address, as the kernel's target tables say
     */
    static Marks decide(Collection<IpAddress> wanted, Map<Integer, IpAddress> present) {
        SortedMap<IpAddress, Integer> decided = new TreeMap<>();
        new TreeMap<>(present).forEach((mark, address) -> {
            if (wanted.contains(address)) {
                decided.putIfAbsent(address, mark);
            }
        });
        int next = 1;
        for (IpAddress address : wanted.stream().sorted().toList()) {
            if (!decided.containsKey(address)) {
                while (present.containsKey(next)) {
                    next++;
                }
                if (next > LAST) {
                    break;
                }
                decided.put(address, next++);
            }
        }
        return new Marks(decided);
    }
}
