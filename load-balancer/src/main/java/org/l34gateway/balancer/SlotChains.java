// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.l34gateway.balancer.ChainBook.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.Expression.Accept;
import org.l34gateway.linux.nftables.Expression.Change;
import org.l34gateway.linux.nftables.Expression.ChangeMap;
import org.l34gateway.linux.nftables.Expression.Compare;
import org.l34gateway.linux.nftables.Expression.Comparison;
import org.l34gateway.linux.nftables.Expression.Constant;
import org.l34gateway.linux.nftables.Expression.Goto;
import org.l34gateway.linux.nftables.Expression.Header;
import org.l34gateway.linux.nftables.Expression.Load;
import org.l34gateway.linux.nftables.Expression.LoadMeta;
import org.l34gateway.linux.nftables.Expression.Lookup;
import org.l34gateway.linux.nftables.Expression.LookupVerdict;
import org.l34gateway.linux.nftables.Expression.Mask;
import org.l34gateway.linux.nftables.Expression.Meta;
import org.l34gateway.linux.nftables.Expression.SetMark;
import org.l34gateway.linux.nftables.Expression.ShiftRight;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.linux.nftables.Register;
import org.l34gateway.linux.nftables.SetShape.Datum;
import org.l34gateway.program.FlowHash;
import org.l34gateway.program.Protocol;

/**
 * Writes the chains from a pool's slots to the mark of a target, with which the packet goes on. All flows of a pool share
 * them: the kernel looks at every chain that names a map for each element of the map, and a packet finds them in the cache.
 *
 * <p>A TCP connection stays where it is when its slot moves to another target while its own is still there. The slot then says
 * who had it before, for a while. Meanwhile a SYN goes to the slot's owner and its connection is remembered with that; any
 * other packet of a connection that is not remembered began before, so it goes to the former target and is remembered with
 * that. Later only what is remembered counts. Packets of slots that never moved know nothing of all this.
 */
final class SlotChains {
    /** A connection that is silent for longer goes by its slot. */
    private static final long IDLE_MILLIS = 600_000;
    /** A connection that has just begun; its next packet makes it {@link #IDLE_MILLIS}. */
    private static final long BEGUN_MILLIS = Handovers.WINDOW.toMillis();
    /** What comes after a FIN or RST, time for each packet: the other side may still be sending. */
    private static final long ENDED_MILLIS = 10_000;
    /** In the memory of connections, beside the target: a FIN or RST was seen. */
    private static final int ENDED = 1 << 11;

    /** Below are the addresses and ports of a flow: 9 registers at most. */
    private static final Register R0 = new Register(0);

    /** Eight registers, and one for the slot beside the flow. */
    private static final Register ROW = new Register(8);

    private static final Register SLOT = new Register(10);
    private static final int ROW_BITS = 4;

    private static final Register STATE = new Register(10);
    private static final Register TARGET = new Register(11);
    private static final Register MARK = new Register(12);
    private static final Register ENDING = new Register(13);
    private static final Octets ZERO = Octets.host(0);
    private static final List<Expression> DONE = List.of(new SetMark(MARK), new Accept());

    private static final int TCP_FLAGS = 13;
    private static final int FIN_OR_RST = 0x05;
    private static final int SYN = 0x02;
    private static final int SYN_OR_ACK = 0x12;

    private final ChainBook book;
    private final FlowHash hash;
    private final Function<SlotPool, String> suffixes;

    /** @param suffixes of pools ({@link PoolNames}) */
    SlotChains(ChainBook book, FlowHash hash, Function<SlotPool, String> suffixes) {
        this.book = book;
        this.hash = hash;
        this.suffixes = suffixes;
    }

    /**
     * The chain from a packet of this view to its target.
     *
     * @param nobody the chain for packets whose target is not there
     */
    String chain(SlotPool pool, PacketView view, HashInput input, String nobody) {
        Goto none = new Goto(nobody);
        SlotBanks.Cell cell = cell(pool);
        List<List<Expression>> rules = new ArrayList<>();
        rules.add(rule(
                input.hash(view, SLOT, pool.slots(), hash.seed(), cell.offset()),
                List.of(
                        new SetMark(SLOT),
                        new Mask(SLOT, SLOT, Octets.host(SlotBanks.ROW - 1), ZERO),
                        new LookupVerdict(picks(cell.bank()), SLOT))));
        List<Expression> toOwner = rule(state(pool, view, input), owner(), target(TARGET, pool), DONE);
        if (input == HashInput.FLOW) {
            // In this chain, because the kernel walks over all chains at the end of every transaction.
            rules.add(rule(view.isOther(Protocol.TCP), toOwner));
            rules.add(rule(view.isOther(Protocol.TCP), List.of(none)));
            rules.addAll(remembering(pool, view));
        }
        rules.add(toOwner);
        rules.add(List.of(none));
        return book.chain(PoolNames.chains(suffixes.apply(pool)), rules);
    }

    /**
     * The map from places in a row to chains that look a bank's row up and take what is at their place, a target's mark. A
     * slot that is elsewhere comes back. Registers can not be numbered by what is in another one, so each place has a chain.
     */
    private String picks(String bank) {
        List<Element> places = new ArrayList<>();
        for (int place = 0; place < SlotBanks.ROW; place++) {
            Register two = new Register(ROW.number() + place / 2);
            Expression mark = place % 2 == 0
                    ? new Mask(R0, two, Octets.host(SlotBanks.ELSEWHERE), ZERO)
                    : new ShiftRight(R0, two, SlotBanks.MARK_BITS);
            String chain = book.chain(
                    "pick",
                    List.of(List.of(
                            new LoadMeta(R0, Meta.MARK),
                            new ShiftRight(R0, R0, ROW_BITS),
                            new Lookup(ROW, bank, R0),
                            mark,
                            new Compare(R0, Comparison.NOT_EQUAL, Octets.host(SlotBanks.ELSEWHERE)),
                            new SetMark(R0),
                            new Accept())));
            places.add(Element.jumps(Octets.host(place), chain));
        }
        return book.map("picks", Datum.MARK, places);
    }

    /** Nothing of a packet's way may be left in its mark. */
    static List<Expression> clearMark() {
        return List.of(new Constant(R0, ZERO), new SetMark(R0));
    }

    private List<Expression> state(SlotPool pool, PacketView view, HashInput input) {
        List<Expression> state = new ArrayList<>(
                input.hash(view, STATE, pool.slots(), hash.seed(), cell(pool).movedOffset()));
        state.addAll(found(STATE, cell(pool).moved(), STATE));
        return state;
    }

    /** Looks up by way of the mark: nft does not know how long a map's value is, and fails to show the rule otherwise. */
    private static List<Expression> found(Register to, String map, Register key) {
        return List.of(new Lookup(to, map, key), new SetMark(to), new LoadMeta(to, Meta.MARK));
    }

    private SlotBanks.Cell cell(SlotPool pool) {
        return SlotBanks.Cell.of(suffixes.apply(pool));
    }

    /** The mark of a target, if the pool has it now. One that has {@link #ENDED} beside it is none. */
    private List<Expression> target(Register target, SlotPool pool) {
        SlotBanks.Cell cell = cell(pool);
        return List.of(
                new Mask(MARK, target, Octets.host(SlotState.OWNER | ENDED), Octets.host(cell.targetBits())),
                new Lookup(MARK, cell.targets(), MARK));
    }

    private static List<Expression> owner() {
        return List.of(new Mask(TARGET, STATE, Octets.host(SlotState.OWNER), ZERO));
    }

    private static List<Expression> former() {
        return List.of(
                new ShiftRight(TARGET, STATE, SlotState.FORMER_SHIFT),
                new Mask(TARGET, TARGET, Octets.host(SlotState.OWNER), ZERO));
    }

    /** The rules for TCP packets of a slot that is another target's than some of its connections. */
    private List<List<Expression>> remembering(SlotPool pool, PacketView view) {
        String flows = PoolNames.flows(pool);
        List<Expression> slot = state(pool, view, HashInput.FLOW);
        List<Expression> flow = view.flowAsKey(R0);
        List<Expression> remembered = rule(flow, found(TARGET, flows, R0));
        List<List<Expression>> rules = new ArrayList<>();
        if (view.isQuoted()) {
            // An ICMP error follows its connection, and is no sign of its life. It may be about an answer whose
            // requests
            // come through another gateway pod, which remembers them. Then this one can not tell old from new, and new
            // ones have
            // yet to learn what fits.
            List<Expression> whoever = List.of(new Mask(TARGET, TARGET, Octets.host(SlotState.OWNER), ZERO));
            rules.add(rule(remembered, whoever, target(TARGET, pool), DONE));
        } else {
            // A client uses its ports again: what is remembered of an earlier connection must not outlive it.
            // The value only says that this is a map.
            rules.add(rule(
                    begins(),
                    flow,
                    List.of(new Constant(TARGET, ZERO), new ChangeMap(Change.DELETE, flows, R0, TARGET, 0))));
            rules.add(rule(
                    remembered,
                    List.of(
                            new Mask(ENDING, TARGET, Octets.host(ENDED), ZERO),
                            new Compare(ENDING, Comparison.NOT_EQUAL, ZERO),
                            new ChangeMap(Change.UPDATE, flows, R0, TARGET, ENDED_MILLIS),
                            new Mask(TARGET, TARGET, Octets.host(SlotState.OWNER), ZERO)),
                    target(TARGET, pool),
                    DONE));
            // Kept apart, or its last acknowledgement would make it live on: another gateway pod has the next
            // connection
            // from that port perhaps, and when that pod dies, it must not meet what is remembered here.
            rules.add(rule(
                    ends(),
                    remembered,
                    target(TARGET, pool),
                    List.of(
                            new ChangeMap(Change.DELETE, flows, R0, TARGET, 0),
                            new Mask(TARGET, TARGET, Octets.host(SlotState.OWNER), Octets.host(ENDED)),
                            new ChangeMap(Change.ADD, flows, R0, TARGET, ENDED_MILLIS)),
                    DONE));
            rules.add(rule(
                    remembered,
                    target(TARGET, pool),
                    List.of(new ChangeMap(Change.UPDATE, flows, R0, TARGET, IDLE_MILLIS)),
                    DONE));
            // A SYN that finds no room in the memory must go to the former target, as what follows it will.
            rules.add(rule(
                    begins(),
                    slot,
                    former(),
                    target(TARGET, pool),
                    owner(),
                    target(TARGET, pool),
                    flow,
                    List.of(new ChangeMap(Change.ADD, flows, R0, TARGET, BEGUN_MILLIS)),
                    DONE));
            rules.add(rule(
                    slot,
                    former(),
                    target(TARGET, pool),
                    flow,
                    List.of(new ChangeMap(Change.UPDATE, flows, R0, TARGET, IDLE_MILLIS)),
                    DONE));
            rules.add(rule(slot, former(), target(TARGET, pool), DONE));
        }
        return rules;
    }

    private static List<Expression> begins() {
        return flags(SYN_OR_ACK, Comparison.EQUAL, SYN);
    }

    private static List<Expression> ends() {
        return flags(FIN_OR_RST, Comparison.NOT_EQUAL, 0);
    }

    private static List<Expression> flags(int mask, Comparison how, int value) {
        return List.of(
                new Load(R0, Header.TRANSPORT, TCP_FLAGS, 1),
                new Mask(R0, R0, Octets.network(mask, 1), Octets.network(0, 1)),
                new Compare(R0, how, Octets.network(value, 1)));
    }

    /** The chain that counts a packet and drops it. */
    static String drops(ChainBook book, Dropped why) {
        return book.chain(
                why.kind(),
                List.of(rule(clearMark(), List.of(new Expression.Count(why.counter()), new Expression.Drop()))));
    }
}
