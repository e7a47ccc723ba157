// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.Expression.Comparison;
import org.l34gateway.linux.nftables.Expression.Verdict;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.linux.nftables.Register;
import org.l34gateway.linux.nftables.SetShape;
import org.l34gateway.program.FlowHash;
import org.l34gateway.program.Packet;

/**
 * Runs rules on a packet as the kernel's nf_tables machine does (net/netfilter/nf_tables_core.c), as far as our rules go: no
 * connection was remembered before, and each packet's is forgotten again. For tests of very many packets.
 */
final class RuleMachine {
    /** Index of the interface on which packets come. */
    static final int EXTERNAL = 2;
    /** Index of the interface towards the targets. */
    static final int INTERNAL = 3;

    private static final int REGISTERS = 16;

    private final WantedTable table;
    private final byte[] network;
    private final byte[] transport;
    private final int protocol;
    private final IpFamily family;
    private final byte[] registers = new byte[REGISTERS * 4];
    private int mark;

    private RuleMachine(WantedTable table, Packet packet) {
        this.table = table;
        this.protocol = packet.protocol();
        this.family = packet.source().family();
        this.transport = packet.header().toBytes();
        this.network = network(packet);
    }

    private static byte[] network(Packet packet) {
        byte[] source = packet.source().toBytes();
        byte[] destination = packet.destination().toBytes();
        if (source.length == 4) {
            return ByteBuffer.allocate(20)
                    .put(0, (byte) 0x45)
                    .putShort(2, (short) 40)
                    .put(8, (byte) 64)
                    .put(9, (byte) packet.protocol())
                    .put(12, source)
                    .put(16, destination)
                    .array();
        }
        return ByteBuffer.allocate(40)
                .put(0, (byte) 0x60)
                .putShort(4, (short) 20)
                .put(6, (byte) packet.protocol())
                .put(7, (byte) 64)
                .put(8, source)
                .put(24, destination)
                .array();
    }

    /** The packet's mark after a chain at a hook; 0 when the packet was dropped. */
    static int mark(WantedTable table, String hook, Packet packet) {
        RuleMachine machine = new RuleMachine(table, packet);
        Verdict verdict =
                machine.run(Objects.requireNonNull(table.hook(hook), hook).rules());
        return verdict instanceof Expression.Drop ? 0 : machine.mark;
    }

    /** What ends the chain; "return" at its end. */
    private Verdict run(List<List<Expression>> rules) {
        for (List<Expression> rule : rules) {
            for (Expression expression : rule) {
                Step step = step(expression);
                if (step instanceof NoMatch) {
                    break;
                }
                if (step instanceof Ends(Verdict verdict)) {
                    boolean jumps = verdict instanceof Expression.Jump;
                    Verdict end = after(verdict);
                    if (jumps && end instanceof Expression.Return) {
                        break;
                    }
                    return end;
                }
            }
        }
        return new Expression.Return();
    }

    private Verdict after(Verdict verdict) {
        if (verdict instanceof Expression.Goto(String chain)) {
            return run(chain(chain));
        }
        return verdict instanceof Expression.Jump(String chain) ? run(chain(chain)) : verdict;
    }

    private List<List<Expression>> chain(String name) {
        return Objects.requireNonNull(table.rules(name), name);
    }

    private sealed interface Step {}

    private record On() implements Step {}

    private record NoMatch() implements Step {}

    private record Ends(Verdict verdict) implements Step {}

    private static Step when(boolean matches) {
        return matches ? new On() : new NoMatch();
    }

    private Step step(Expression expression) {
        return switch (expression) {
            case Expression.Load load -> load(load);
            case Expression.LoadMeta(var to, var key) -> {
                store(to, meta(key));
                yield new On();
            }
            case Expression.SetMark(var from) -> {
                mark = host(from);
                yield new On();
            }
            case Expression.Constant(var to, var value) -> {
                store(to, value.toBytes());
                yield new On();
            }
            case Expression.Compare(var what, var how, var value) ->
                when(compares(how, octets(what, value.length()).compareTo(value)));
            case Expression.Within(var what, var first, var last) -> {
                Octets value = octets(what, first.length());
                yield when(value.compareTo(first) >= 0 && value.compareTo(last) <= 0);
            }
            case Expression.Mask(var to, var from, var mask, var xor) -> {
                byte[] value = octets(from, mask.length()).toBytes();
                for (int i = 0; i < value.length; i++) {
                    value[i] = (byte) ((value[i] & mask.toBytes()[i]) ^ xor.toBytes()[i]);
                }
                store(to, value);
                yield new On();
            }
            case Expression.ShiftRight(var to, var from, var bits) -> {
                store(to, Octets.host(host(from) >>> bits).toBytes());
                yield new On();
            }
            case Expression.Swap(var to, var from, var partBytes) -> {
                ByteBuffer value = ByteBuffer.wrap(octets(from, 4).toBytes());
                ByteBuffer swapped = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
                if (partBytes == 4) {
                    swapped.putInt(value.getInt());
                } else {
                    swapped.putShort(value.getShort()).putShort(value.getShort());
                }
                store(to, swapped.array());
                yield new On();
            }
            case Expression.Hash(var to, var from, var length, var modulus, var seed, var offset) -> {
                int hash = new FlowHash(seed).slot(octets(from, length).toBytes(), modulus);
                store(to, Octets.host(hash + offset).toBytes());
                yield new On();
            }
            case Expression.InSet(var set, var key) -> when(find(set, key) != null);
            case Expression.NotInSet(var set, var key) -> when(find(set, key) == null);
            case Expression.Lookup lookup -> lookup(lookup);
            case Expression.LookupVerdict(var map, var key) ->
                switch (find(map, key)) {
                    case Element(var _, Element.Goto(String chain)) -> new Ends(new Expression.Goto(chain));
                    case Element(var _, Element.Jump(String chain)) -> new Ends(new Expression.Jump(chain));
                    case null, default -> new NoMatch();
                };
            case Expression.Count _, Expression.CountHere _, Expression.ChangeMap _ -> new On();
            case Verdict verdict -> new Ends(verdict);
            default -> throw new IllegalStateException("not for this machine: " + expression);
        };
    }

    private Step load(Expression.Load load) {
        byte[] from = load.header() == Expression.Header.NETWORK ? network : transport;
        if (load.offset() + load.length() > from.length) {
            return new NoMatch();
        }
        store(load.to(), Arrays.copyOfRange(from, load.offset(), load.offset() + load.length()));
        return new On();
    }

    private byte[] meta(Expression.Meta key) {
        return switch (key) {
            case MARK -> Octets.host(mark).toBytes();
            case FAMILY -> new byte[] {(byte) (family == IpFamily.IPV4 ? 2 : 10)};
            case TRANSPORT -> new byte[] {(byte) protocol};
            case INPUT_INDEX -> Octets.host(EXTERNAL).toBytes();
            case LENGTH, PROTOCOL, OUTPUT_INDEX -> throw new IllegalStateException("not for this machine: " + key);
        };
    }

    private Step lookup(Expression.Lookup lookup) {
        WantedTable.Numbers numbers = table.numbers(lookup.map());
        if (numbers != null) {
            int row = host(lookup.key());
            ByteBuffer value = ByteBuffer.allocate(numbers.rowLength() * 4).order(ByteOrder.nativeOrder());
            boolean any = false;
            for (int i = 0; i < numbers.rowLength(); i++) {
                int at = row * numbers.rowLength() + i;
                int number = at < numbers.values().length ? numbers.values()[at] : 0;
                any |= number != 0;
                value.putInt(number);
            }
            if (!any) {
                return new NoMatch();
            }
            store(lookup.to(), value.array());
            return new On();
        }
        if (find(lookup.map(), lookup.key()) instanceof Element(var _, Element.Data(Octets value))) {
            store(lookup.to(), value.toBytes());
            return new On();
        }
        return new NoMatch();
    }

    /** The element of a key, or of the range in which it is. */
    private @Nullable Element find(String set, Register key) {
        SetShape shape = Objects.requireNonNull(table.shape(set), set);
        boolean ranges = shape.flags().contains(SetShape.Flag.INTERVAL);
        List<SetShape.Datum> parts = shape.key();
        int length = parts.size() == 1
                ? parts.getFirst().bytes()
                : parts.stream().mapToInt(part -> (part.bytes() + 3) / 4 * 4).sum();
        Octets value = octets(key, length);
        @Nullable Element last = null;
        for (Element each : new TreeSet<>(table.entries(set))) {
            if (ranges ? each.key().compareTo(value) <= 0 : each.key().equals(value)) {
                last = each;
            }
        }
        return last == null || last.content() instanceof Element.End ? null : last;
    }

    private static boolean compares(Comparison how, int order) {
        return switch (how) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
        };
    }

    private Octets octets(Register from, int length) {
        return Octets.of(Arrays.copyOfRange(registers, from.number() * 4, from.number() * 4 + length));
    }

    private int host(Register from) {
        return octets(from, 4).hostNumber();
    }

    /** The last register that is touched is cleared first. */
    private void store(Register to, byte[] value) {
        int begin = to.number() * 4;
        Arrays.fill(registers, begin, begin + (value.length + 3) / 4 * 4, (byte) 0);
        System.arraycopy(value, 0, registers, begin, value.length);
    }
}
