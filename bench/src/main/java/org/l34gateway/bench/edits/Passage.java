// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.edits;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.l34gateway.bench.dataplane.Batch;
import org.l34gateway.bench.dataplane.Frames;
import org.l34gateway.linux.Libc;
import org.l34gateway.netlink.MacAddress;

/**
 * Numbered packets of all flows in turn, at an even rate, and what becomes of each. One thread sends some and hears what has
 * arrived, because packets pass the namespaces while they are sent; a packet's programs are those from before it was sent
 * until it was heard.
 */
final class Passage implements AutoCloseable {
    static final int PACKETS_PER_SECOND = 50_000;
    private static final int AT_ONCE = 50;
    private static final long PAUSE_NANOS = 1_000_000_000L * AT_ONCE / PACKETS_PER_SECOND;
    /** Packets of which something is still to be heard; one that comes later is lost: after 1.3 s. */
    private static final int OPEN = 1 << 16;

    private static final long PATIENCE_NANOS = 1_000_000_000;
    private static final int LONGEST_FRAME = 128;
    private static final int ETHERTYPE = 12;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86DD;
    private static final int IPV4_PROTOCOL = 14 + 9;
    private static final int IPV6_NEXT_HEADER = 14 + 6;
    private static final int UDP = 17;
    /** Of the datagram's bytes, which begin behind the headers of Ethernet, IP and UDP. */
    private static final int PAYLOAD_IPV4 = 14 + 20 + 8;

    private static final int PAYLOAD_IPV6 = 14 + 40 + 8;
    private static final int PAYLOAD = 18;
    private static final int HEARD_AT_ONCE = 256;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int RECEIVE_BUFFER_BYTES = 32 << 20;
    private static final int TOLD = 10;

    private final Ways ways;
    private final Course course;
    private Consumer<String> say = _ -> {};
    private final List<Frames.Flow> flows;
    private final byte[][] frames;
    private final int sender;
    private final int listener;
    private final Batch out = new Batch(AT_ONCE, LONGEST_FRAME);
    private final Batch in = new Batch(HEARD_AT_ONCE, LONGEST_FRAME);

    /** Of each open packet the oldest and newest program while it may have passed, and whether it is still expected. */
    private final int[] oldest = new int[OPEN];

    private final int[] newest = new int[OPEN];
    private final boolean[] expected = new boolean[OPEN];

    private int sent;
    /** The first packet of this run; earlier ones have been given up, though a neighbour that was asked for long may still get them. */
    private int first;

    private int lost;
    private int astray;

    /**
     * What has become of packets.
     *
     * @param astray reached a target that had no reason to get them
     * @param nanos for which was sent
     */
    record Outcome(int sent, int lost, int astray, long nanos) {
        int faults() {
            return lost + astray;
        }

        @Override
        public String toString() {
            return "%d of %d packets lost, %d astray, %.0f a second".formatted(lost, sent, astray, sent * 1e9 / nanos);
        }
    }

    Passage(Bed bed, List<Frames.Flow> flows, Ways ways, Course course) {
        this.ways = ways;
        this.course = course;
        this.flows = flows;
        List<MacAddress> macs = bed.wire();
        Frames.Wire wire = new Frames.Wire(macs.getFirst(), macs.getLast());
        this.frames =
                flows.stream().map(flow -> Frames.udp(wire, flow, PAYLOAD)).toArray(byte[][]::new);
        this.sender = bed.sender();
        this.listener = bed.listener();
        Libc.setsockopt(listener, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES);
    }

    /**
     * Sends as long as that is wanted, and waits for the last ones.
     *
     * @param teller is told of the first faults
     */
    Outcome run(BooleanSupplier goesOn, Consumer<String> teller) {
        say = teller;
        first = sent;
        lost = 0;
        astray = 0;
        long begin = System.nanoTime();
        long next = begin;
        while (goesOn.getAsBoolean()) {
            send();
            hear();
            next += PAUSE_NANOS;
            LockSupport.parkNanos(next - System.nanoTime());
        }
        long end = System.nanoTime();
        while (System.nanoTime() - end < PATIENCE_NANOS && anyExpected()) {
            hear();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        for (int number = Math.max(first, sent - OPEN); number < sent; number++) {
            giveUp(number);
        }
        return new Outcome(sent - first, lost, astray, end - begin);
    }

    private boolean anyExpected() {
        for (boolean each : expected) {
            if (each) {
                return true;
            }
        }
        return false;
    }

    private void send() {
        int program = course.oldest();
        for (int i = 0; i < AT_ONCE; i++) {
            int number = sent + i;
            int at = number % OPEN;
            giveUp(number - OPEN);
            oldest[at] = program;
            newest[at] = program;
            expected[at] = true;
            byte[] frame = frames[number % frames.length];
            out.bytes().put(i * LONGEST_FRAME, frame);
            out.bytes().putInt(i * LONGEST_FRAME + frame.length - PAYLOAD, number);
            out.setLength(i, frame.length);
        }
        out.send(sender, AT_ONCE);
        sent += AT_ONCE;
    }

    private void hear() {
        for (int count = in.receive(listener); count > 0; count = in.receive(listener)) {
            int program = course.newest();
            for (int i = 0; i < count; i++) {
                heard(in.bytes(), i * LONGEST_FRAME, program);
            }
        }
        // What was not heard yet has most likely passed; if not, it is heard with a later one.
        int program = course.newest();
        for (int number = Math.max(0, sent - 2 * AT_ONCE); number < sent; number++) {
            newest[number % OPEN] = program;
        }
    }

    private void heard(ByteBuffer bytes, int at, int program) {
        int payload = payload(bytes, at);
        int number = payload == 0 ? -1 : bytes.getInt(at + payload);
        if (number < Math.max(first, sent - OPEN) || number >= sent) {
            return;
        }
        int target = bytes.get(at + 5);
        int open = number % OPEN;
        if (!expected[open] || !ways.allow(oldest[open], program, number % frames.length, target)) {
            astray++;
            tell(number, program, (expected[open] ? "" : "again ") + "at target " + target);
        }
        expected[open] = false;
    }

    /** Where the number is in a datagram to a target, 0 in what else passes, such as a question for a neighbour. */
    private static int payload(ByteBuffer bytes, int at) {
        boolean toTarget = bytes.getInt(at) == 0x02000000 && bytes.get(at + 4) == 0;
        int kind = bytes.getShort(at + ETHERTYPE) & 0xFFFF;
        if (toTarget && kind == IPV4 && bytes.get(at + IPV4_PROTOCOL) == UDP) {
            return PAYLOAD_IPV4;
        }
        return toTarget && kind == IPV6 && bytes.get(at + IPV6_NEXT_HEADER) == UDP ? PAYLOAD_IPV6 : 0;
    }

    private void giveUp(int number) {
        int open = Math.floorMod(number, OPEN);
        if (number >= 0 && expected[open]) {
            expected[open] = false;
            if (!ways.allow(oldest[open], newest[open], number % frames.length, Ways.NOWHERE)) {
                lost++;
                tell(number, newest[open], "nowhere");
            }
        }
    }

    private void tell(int number, int program, String where) {
        if (lost + astray <= TOLD) {
            int oldestProgram = oldest[number % OPEN];
            int flow = number % frames.length;
            say.accept("packet %d of %s arrived %s; edits %d to %d want %s"
                    .formatted(
                            number,
                            flows.get(flow),
                            where,
                            oldestProgram,
                            program,
                            ways.allowed(oldestProgram, program, flow)));
        }
    }

    @Override
    public void close() {
        Libc.close(sender);
        Libc.close(listener);
        out.close();
        in.close();
    }
}
