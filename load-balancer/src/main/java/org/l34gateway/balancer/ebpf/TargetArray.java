// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.l34gateway.balancer.ebpf.StageProgram.Target;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.bpf.CounterArray;
import org.l34gateway.linux.bpf.MapReference;
import org.l34gateway.linux.bpf.SharedArray;
import org.l34gateway.linux.nftables.Nftables.Count;

/**
 * Mark → address, as {@link Target} says, and what was sent there. The address of a mark that is in no slot any more stays until the
 * mark is another's: nothing is to be taken out before nftables changes.
 */
final class TargetArray implements AutoCloseable {
    private final SharedArray addresses;
    private final CounterArray counts;
    private final Map<Integer, IpAddress> held = new HashMap<>();
    /** Mark → what was counted for addresses that had it before. */
    private final Map<Integer, Count> before = new HashMap<>();

    TargetArray(int marks) {
        this.addresses = SharedArray.create("l34_targets", Target.BYTES, marks);
        try {
            this.counts = CounterArray.create("l34_target_cnt", marks);
        } catch (RuntimeException refused) {
            addresses.close();
            throw refused;
        }
    }

    MapReference addresses() {
        return addresses.reference();
    }

    MapReference counts() {
        return counts.reference();
    }

    /** To be called before slots have new marks. */
    void learn(Map<Integer, IpAddress> wanted) {
        if (held.equals(wanted)) {
            return;
        }
        Map<Integer, IpAddress> coming = new HashMap<>(wanted);
        coming.entrySet().removeAll(held.entrySet());
        List<Count> now = coming.isEmpty() ? List.of() : counts.read();
        coming.forEach((mark, address) -> {
            before.put(mark, now.get(mark));
            write(mark, address);
        });
        held.putAll(coming);
        held.keySet().retainAll(wanted.keySet());
        addresses.fence();
    }

    private void write(int mark, IpAddress address) {
        addresses.set(mark, Target.FAMILY, 0);
        addresses.fence();
        ByteBuffer bytes = ByteBuffer.wrap(address.toBytes()).order(ByteOrder.nativeOrder());
        for (int word = 0; bytes.hasRemaining(); word++) {
            addresses.set(mark, Target.ADDRESS + word, bytes.getInt());
        }
        addresses.fence();
        addresses.set(mark, Target.FAMILY, Target.family(address.family()));
    }

    /** What was sent to each address. */
    Map<IpAddress, Count> read() {
        Map<IpAddress, Count> read = new HashMap<>();
        List<Count> now = counts.read();
        held.forEach((mark, address) -> read.put(address, FlowCounts.since(before.get(mark), now.get(mark))));
        return read;
    }

    @Override
    public void close() {
        addresses.close();
        counts.close();
    }
}
