// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.balancer.Forwarding.Way;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.FlowHash;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.TargetGroup;

/**
 * What the kernel should hold for a program, brought from one program to the next: a change costs what it changes, whatever else
 * there is. It begins with what an earlier process has left, so that flows keep their targets; from then on it alone says what is
 * right, and the kernel is made like that.
 */
final class Blueprint {
    private final long seed;
    private final FlowHash hash;
    private final Set<IpFamily> families;
    private final WantedTable decides = new WantedTable(Tables.DECIDES);
    private final WantedTable sends = new WantedTable(Tables.SENDS);

    private final Groups groups = new Groups();
    private final Shared<IpAddress, Boolean> addresses = new Shared<>();
    private final Marks marks;
    private Forwarding forwarding = Forwarding.NONE;

    private final Pools pools;
    /** Suffixes of pools whose chains are written; they do not depend on targets. */
    private final Set<String> written = new HashSet<>();

    private final Map<IpPrefix, Written> vips = new HashMap<>();
    /** How many ports are in the map of services. */
    private final Map<IpFamily, Integer> services = new HashMap<>();

    private @Nullable Setting setting;

    /** What the rules depend on beside the program. */
    private record Setting(Devices devices, FastPath fastPath, VipLookup lookup) {}

    /** What was written for a VIP, and from what; so many of its services are in the map of services. */
    private record Written(List<Object> from, Part part, int services) {}

    /** The parts of the tables. */
    private sealed interface Key {
        /** What is there always. */
        record Always() implements Key {}

        /** A VIP's chains. */
        record Vip(IpPrefix vip) implements Key {}

        /** The chains of a pool's cell. */
        record Cell(String suffix) implements Key {}

        /** The slots in it. */
        record Slots(String suffix) implements Key {}

        /** A target. */
        record Target(IpAddress address) implements Key {}
    }

    /**
     * Begins with what an earlier process has left.
     *
     * @param seed {@link ForwardingProgram#seed()} of all programs
     */
    Blueprint(long seed, Set<IpFamily> families, Left left) {
        this.seed = seed;
        this.hash = FlowHash.of(seed);
        this.families = families;
        this.marks = new Marks(left.addresses());
        this.pools = new Pools(seed, left);
    }

    /**
     * The next program. It has the same seed.
     *
     * @param used suffix → slots of connections that are remembered, of pools whose memory was looked at
     * @param now in nanoseconds of a monotonic clock
     */
    Marks.Change next(
            ForwardingProgram program, Devices devices, FastPath fastPath, Map<String, BitSet> used, long now) {
        Map<String, Groups.Change> changed = groups.next(program.groups());
        boolean someUnmarked = !marks.unmarked().isEmpty();
        Marks.Change change = mark(changed.values());
        // Whose targets have no mark is not written down.
        boolean all = someUnmarked || !marks.unmarked().isEmpty();
        Forwarding before = forwarding;
        forwarding = before.next(program, groups, all ? groups.keys() : changed.keySet(), families, marks);

        write(pools.next(pools(forwarding), pools(before), used, now));
        forwarding.changed().forEach(this::write);
        change.go().keySet().forEach(address -> {
            decides.remove(new Key.Target(address));
            sends.remove(new Key.Target(address));
        });
        change.come().forEach((address, mark) -> {
            decides.put(new Key.Target(address), Tables.marked(mark));
            sends.put(new Key.Target(address), Tables.addressed(address, mark));
        });
        VipLookup lookup = forwarding.routes().lookup();
        Setting here = new Setting(devices, fastPath, lookup);
        if (!here.equals(setting)) {
            decides.put(new Key.Always(), Tables.alwaysDecides(devices, fastPath, lookup));
            sends.put(new Key.Always(), Tables.alwaysSends(devices, fastPath));
            setting = here;
        }
        return change;
    }

    private Marks.Change mark(Collection<Groups.Change> changes) {
        Set<IpAddress> come = new HashSet<>();
        Set<IpAddress> go = new HashSet<>();
        List<IpAddress> released = new ArrayList<>();
        for (Groups.Change change : changes) {
            Set<IpAddress> old = addresses(change.before());
            Set<IpAddress> fresh = addresses(change.after());
            fresh.stream()
                    .filter(address -> !old.contains(address) && addresses.hold(address, true))
                    .forEach(come::add);
            old.stream().filter(address -> !fresh.contains(address)).forEach(released::add);
        }
        // After all others: an address may go from one group to another.
        released.stream().filter(addresses::release).forEach(go::add);
        return marks.change(go, come);
    }

    private Set<IpAddress> addresses(@Nullable TargetGroup group) {
        return group == null ? Set.of() : Forwarding.addresses(group, families);
    }

    /** The pools of VIPs that this step changes, as they are in a program. */
    private List<Pools.Use> pools(Forwarding program) {
        return forwarding.changed().stream()
                .flatMap(vip -> Forwarding.pools(program.ways().getOrDefault(vip, List.of())).stream()
                        .map(pool -> new Pools.Use(vip, pool)))
                .toList();
    }

    private void write(Pools.Change change) {
        change.pools().forEach((suffix, pool) -> {
            if (written.add(suffix)) {
                decides.put(new Key.Cell(suffix), Tables.cell(pool, suffix, hash));
            }
            int[] states = change.states().getOrDefault(suffix, new int[0]);
            decides.put(new Key.Slots(suffix), SlotBanks.part(SlotBanks.Cell.of(suffix), states, pool.marksByTarget()));
        });
        change.gone().forEach(suffix -> {
            written.remove(suffix);
            decides.remove(new Key.Cell(suffix));
            decides.remove(new Key.Slots(suffix));
        });
    }

    private void write(IpPrefix vip) {
        List<Way> ways = forwarding.ways().get(vip);
        Written before = vips.remove(vip);
        int room = Tables.MOST_SERVICES - services.getOrDefault(vip.family(), 0);
        if (before != null) {
            room += before.services();
        }
        if (ways == null) {
            decides.remove(new Key.Vip(vip));
            services.put(vip.family(), Tables.MOST_SERVICES - room);
            return;
        }
        List<Object> from = from(ways);
        Written after = before != null && before.from().equals(from) ? before : written(vip, ways, from, room);
        vips.put(vip, after);
        services.put(vip.family(), Tables.MOST_SERVICES - room + after.services());
        decides.put(new Key.Vip(vip), after.part());
    }

    /** What the chains of a VIP depend on: not on the targets of its pools. */
    private List<Object> from(List<Way> ways) {
        List<Object> from = new ArrayList<>();
        for (Way way : ways) {
            from.add(way.flow());
            way.shares().forEach(share -> {
                from.add(share.weight());
                from.add(pools.suffix(share.pool()));
            });
        }
        return from;
    }

    private Written written(IpPrefix vip, List<Way> ways, List<Object> from, int room) {
        List<Service> services = forwarding.routes().services(vip);
        List<Service> listed = services.size() <= room ? services : List.of();
        return new Written(from, Tables.vip(vip, ways, listed, hash, pools::suffix), listed.size());
    }

    /**
     * The tables. A mark that the one knows and the other does not sends a packet the complete way: a hook comes and goes before
     * or after another, even in one transaction.
     */
    List<WantedTable> tables() {
        return List.of(sends, decides);
    }

    /** The slots of all banks, by their names: rows of {@link SlotBanks}, which do not change any more. */
    SortedMap<String, int[]> banks() {
        SortedMap<String, int[]> banks = new TreeMap<>();
        for (String map : decides.maps()) {
            WantedTable.Numbers bank = SlotBanks.isBank(map) ? decides.numbers(map) : null;
            if (bank != null) {
                banks.put(map, bank.values());
            }
        }
        return banks;
    }

    Pools pools() {
        return pools;
    }

    long seed() {
        return seed;
    }

    Marks marks() {
        return marks;
    }

    Forwarding forwarding() {
        return forwarding;
    }

    /** What of the program is not forwarded, for a human. */
    List<String> problems() {
        List<String> problems = new ArrayList<>(forwarding.routes().problems());
        marks.unmarked().stream()
                .min(Comparator.naturalOrder())
                .ifPresent(first -> problems.add(marks.unmarked().size()
                        + " target addresses get no packets, the first is " + first + ": a gateway pod tells "
                        + Marks.LAST
                        + " apart; use fewer targets, or another Gateway"));
        return problems;
    }
}
