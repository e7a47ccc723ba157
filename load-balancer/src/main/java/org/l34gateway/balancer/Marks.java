// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.l34gateway.ip.IpAddress;

/**
 * The packet marks of a gateway pod. Bits 0..15: a target's address. Bit 30: an answer. On its way through the chains a packet's
 * mark is for a moment the number of its slot.
 *
 * @param byAddress marks of target addresses, 1..65,534; addresses of all groups share one numbering
 */
record Marks(Map<IpAddress, Integer> byAddress) {
    /** No address has one. */
    static final Marks NONE = new Marks(Map.of());
    /** A packet with a VIP as source, on its way to the outside. */
    static final int ANSWER = 1 << 30;
    /** The bits of a target's mark. */
    static final int TARGET_MASK = 0xFFFF;

    private static final int LAST = SlotBanks.ELSEWHERE - 1;

    Marks {
        byAddress = Collections.unmodifiableMap(new HashMap<>(byAddress));
    }

    /** Those that the others do not have for the same address. */
    Map<IpAddress, Integer> without(Marks others) {
        Map<IpAddress, Integer> without = new HashMap<>();
        byAddress.forEach((address, mark) -> {
            if (!mark.equals(others.byAddress.get(address))) {
                without.put(address, mark);
            }
        });
        return without;
    }

    /**
     * Keeps the marks of addresses that have one, gives the lowest unused ones to new addresses. A mark that is in the kernel for
     * another address is not given away at once: packets may still carry it. Addresses beyond the last mark get none.
     *
     * @param present mark → address, as the kernel's target tables say
     */
    static Marks decide(Collection<IpAddress> wanted, Map<Integer, IpAddress> present) {
        Map<IpAddress, Integer> decided = new HashMap<>();
        present.forEach((mark, address) -> {
            if (wanted.contains(address)) {
                // By mistake it may have several.
                decided.merge(address, mark, Math::min);
            }
        });
        int next = 1;
        for (IpAddress address : wanted.stream()
                .filter(each -> !decided.containsKey(each))
                .sorted()
                .toList()) {
            while (present.containsKey(next)) {
                next++;
            }
            if (next > LAST) {
                break;
            }
            decided.put(address, next++);
        }
        return new Marks(decided);
    }
}
