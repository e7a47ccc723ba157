// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.nftables.Octets;

/**
 * How an entry of a {@link ServiceTable} looks: the VIP as in packets, a word with the port as in packets and the protocol above it,
 * then the numbers of {@link Value}; all of 32 bits.
 *
 * @param vipWords of the VIP
 * @param words of an entry
 */
record ServiceEntry(int vipWords, int words) {
    /** Multiplied with, for the hash; as an instruction has it. Any odd number with many bits. */
    static final int MULTIPLIER = 0x9E3779B1;

    /** In place of protocol and port: the entry says that the VIP is one. No packet has such a protocol. */
    static final int VIP_WORD = 0x100 << Short.SIZE;

    private static final ServiceEntry IPV4 = new ServiceEntry(1, 8);
    private static final ServiceEntry IPV6 = new ServiceEntry(4, 10);

    static ServiceEntry of(IpFamily family) {
        return family == IpFamily.IPV4 ? IPV4 : IPV6;
    }

    int bytes() {
        return words * Integer.BYTES;
    }

    /** Where protocol and port are. */
    int portWord() {
        return vipWords;
    }

    /** Offset of a number of the value. */
    int offset(Value number) {
        return (vipWords + 1 + number.ordinal) * Integer.BYTES;
    }

    /** What is known of a service. */
    enum Value {
        /** Number of the first slot among all. */
        FIRST(0),
        SLOTS(1),
        /** Where the hash of the flow begins. */
        START(2),
        /** Number of the counter. */
        COUNTER(3);

        private final int ordinal;

        Value(int ordinal) {
            this.ordinal = ordinal;
        }
    }

    /** linux/jhash.h */
    private static final int JHASH_INITVAL = 0xDEADBEEF;

    private static final int PORTS_BYTES = 4;

    /** Of a VIP itself nothing is known. */
    static final Octets NOTHING =
            Octets.host(0).then(Octets.host(0)).then(Octets.host(0)).then(Octets.host(0));

    /** @param first number of the bank's first slot */
    static Octets value(Place place, IpFamily family, int first, int counter) {
        int addresses = place.onlyPorts() ? 0 : 2 * family.bits() / Byte.SIZE;
        return Octets.host(first + place.firstSlot())
                .then(Octets.host(place.slots()))
                .then(Octets.host(JHASH_INITVAL + addresses + PORTS_BYTES + place.seed()))
                .then(Octets.host(counter));
    }

    /** The key of a VIP itself. */
    static Octets key(IpAddress vip) {
        return Octets.of(vip).then(Octets.host(VIP_WORD >> Short.SIZE)).then(Octets.host(0));
    }

    /**
     * All words of an entry.
     *
     * @param service VIP, protocol and port, as the map of nftables has them: each begins at a word of its own
     */
    int[] words(Octets service, Octets value) {
        ByteBuffer from = ByteBuffer.wrap(service.toBytes()).order(ByteOrder.nativeOrder());
        ByteBuffer numbers = ByteBuffer.wrap(value.toBytes()).order(ByteOrder.nativeOrder());
        int[] all = new int[vipWords + 1 + Value.values().length];
        for (int word = 0; word < vipWords; word++) {
            all[word] = from.getInt();
        }
        int protocol = from.getInt();
        all[vipWords] = (protocol << Short.SIZE) | (from.getInt() & 0xFFFF);
        for (int word = vipWords + 1; word < all.length; word++) {
            all[word] = numbers.getInt();
        }
        return all;
    }

    /**
     * Which bucket a service is in; {@link StageProgram} works the same out.
     *
     * @param buckets a power of two
     */
    int bucket(Octets service, int buckets) {
        int[] words = words(service, NOTHING);
        long port = Integer.toUnsignedLong(words[portWord()]);
        long hash = vipWords == 1
                ? mix(pair(words[0], (int) port))
                : mix(mix(mix(pair(words[0], words[1])) + pair(words[2], words[3])) + port);
        return (int) ((hash * MULTIPLIER) >>> shift(buckets));
    }

    private static long pair(int first, int second) {
        return Integer.toUnsignedLong(first) | ((long) second << Integer.SIZE);
    }

    private static long mix(long number) {
        long product = number * MULTIPLIER;
        return product ^ (product >>> Integer.SIZE);
    }

    /** How many bits of a hash are not the number of the bucket. */
    static int shift(int buckets) {
        return Long.SIZE - Integer.numberOfTrailingZeros(buckets);
    }
}
