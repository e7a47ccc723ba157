// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;

/**
 * The packet marks of a gateway pod. Bits 0..15: a target's address, 1..65,534; addresses of all groups share one numbering. Bit
 * 30: an answer. On its way through the chains a packet's mark is for a moment the number of its slot.
 *
 * <p>An address keeps its mark as long as it is wanted.
 */
final class Marks {
    /** A packet with a VIP as source, on its way to the outside. */
    static final int ANSWER = 1 << 30;
    /** The bits of a target's mark. */
    static final int TARGET_MASK = 0xFFFF;

    /** So many addresses can be told apart. */
    static final int LAST = SlotBanks.ELSEWHERE - 1;

    private final Map<IpAddress, Integer> byAddress = new HashMap<>();
    private final BitSet taken = new BitSet();
    /** What an earlier process has left; until the first change. */
    private final Map<IpAddress, Integer> left = new HashMap<>();
    /** Wanted, and none was left for them. */
    private final SortedSet<IpAddress> unmarked = new TreeSet<>();

    /** @param present mark → address, as the kernel's target tables say */
    Marks(Map<Integer, IpAddress> present) {
        taken.set(0);
        present.forEach((mark, address) -> {
            taken.set(mark);
            // By mistake it may have several.
            left.merge(address, mark, Math::min);
        });
    }

    /**
     * Marks that went and came.
     *
     * @param go in the order of the addresses, as come
     */
    record Change(SortedMap<IpAddress, Integer> go, SortedMap<IpAddress, Integer> come) {
        Change {
            go = Collections.unmodifiableSortedMap(new TreeMap<>(go));
            come = Collections.unmodifiableSortedMap(new TreeMap<>(come));
        }
    }

    /**
     * Takes marks away, and gives the lowest unused ones to new addresses. A mark that was an address's is not given to another
     * one in the same change: packets may still carry it. Addresses beyond the last mark get none until others go.
     *
     * @param go wanted until now
     * @param come not wanted until now
     */
    Change change(Collection<IpAddress> go, Collection<IpAddress> come) {
        SortedMap<IpAddress, Integer> gone = new TreeMap<>();
        for (IpAddress address : go) {
            Integer mark = byAddress.remove(address);
            if (mark != null) {
                gone.put(address, mark);
            }
        }
        unmarked.removeAll(go);
        SortedSet<IpAddress> waiting = new TreeSet<>(come);
        waiting.addAll(unmarked);
        unmarked.clear();
        SortedMap<IpAddress, Integer> given = new TreeMap<>();
        for (IpAddress address : waiting) {
            Integer known = left.get(address);
            int mark = known == null ? taken.nextClearBit(1) : known;
            if (mark > LAST) {
                unmarked.add(address);
            } else {
                taken.set(mark);
                given.put(address, mark);
            }
        }
        byAddress.putAll(given);
        gone.values().forEach(taken::clear);
        if (!left.isEmpty()) {
            left.values().forEach(taken::clear);
            left.clear();
            taken.set(0);
            byAddress.values().forEach(taken::set);
        }
        return new Change(gone, given);
    }

    /** The mark of an address; null when it is not wanted or none is left. */
    @Nullable
    Integer of(IpAddress address) {
        return byAddress.get(address);
    }

    /** Address → mark. */
    Map<IpAddress, Integer> byAddress() {
        return Collections.unmodifiableMap(byAddress);
    }

    /** Wanted addresses for which no mark is left. */
    SortedSet<IpAddress> unmarked() {
        return Collections.unmodifiableSortedSet(unmarked);
    }
}
