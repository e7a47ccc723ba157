// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.bpf.MapReference;
import org.l34gateway.linux.bpf.SharedArray;
import org.l34gateway.linux.nftables.Octets;

/**
 * VIP, protocol and port → where the slots are, of one family, and which VIPs there are: a hash table of buckets with four entries
 * ({@link ServiceEntry}), which costs a packet a line of the cache. A hash map of the kernel costs three, and a call. What finds its
 * bucket full is left to nftables; with half as many entries as buckets that is one of some thousands.
 */
final class ServiceTable implements AutoCloseable {
    static final int ENTRIES = 4;

    private final SharedArray array;
    private final ServiceEntry shape;
    private final Map<Octets, Held> held = new HashMap<>();
    private final BitSet taken = new BitSet();

    private record Held(int entry, Octets value) {}

    /** @param buckets a power of two */
    ServiceTable(IpFamily family, int buckets) {
        this.shape = ServiceEntry.of(family);
        this.array = SharedArray.create(
                family == IpFamily.IPV4 ? "l34_services4" : "l34_services6", ENTRIES * shape.bytes(), buckets);
    }

    MapReference reference() {
        return array.reference();
    }

    /** Takes out what is not like this. */
    void forget(Map<Octets, Octets> wanted) {
        List<Octets> gone = new ArrayList<>();
        held.forEach((service, entry) -> {
            if (!Objects.equals(entry.value(), wanted.get(service))) {
                gone.add(service);
            }
        });
        gone.forEach(service -> {
            int entry = Objects.requireNonNull(held.remove(service)).entry();
            taken.clear(entry);
            set(entry, shape.portWord(), 0);
        });
    }

    /** Puts in what is not there, where there is room. */
    void learn(Map<Octets, Octets> wanted) {
        wanted.forEach((service, value) -> {
            if (!held.containsKey(service)) {
                int first = ENTRIES * shape.bucket(service, array.values());
                int entry = taken.nextClearBit(first);
                if (entry < first + ENTRIES) {
                    taken.set(entry);
                    held.put(service, new Held(entry, value));
                    write(entry, service, value);
                }
            }
        });
    }

    /** The word with protocol and port comes last: without it an entry is nobody's. */
    private void write(int entry, Octets service, Octets value) {
        int[] words = shape.words(service, value);
        for (int word = 0; word < words.length; word++) {
            if (word != shape.portWord()) {
                set(entry, word, words[word]);
            }
        }
        array.fence();
        set(entry, shape.portWord(), words[shape.portWord()]);
    }

    private void set(int entry, int word, int number) {
        array.set(entry / ENTRIES, (entry % ENTRIES) * shape.words() + word, number);
    }

    @Override
    public void close() {
        array.close();
    }
}
