// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
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

    private Map<String, TargetGroup> groups = Map.of();
    private final Shared<IpAddress, Boolean> addresses = new Shared<>();
    private final Marks marks;
    private Forwarding forwarding = Forwarding.NONE;

    /** Pools, by the shares of flows that have them. */
    private final Shared<SlotPool, Boolean> pools = new Shared<>();
    /** What suffixes of a cohort begin with → its pools. */
    private final Map<String, Set<SlotPool>> members = new HashMap<>();

    private final Map<String, Cohort> cohorts = new HashMap<>();
    private final Map<SlotPool, String> suffixes = new HashMap<>();
    /** Slots of a pool → cells that are taken. */
    private final Map<Integer, BitSet> cells = new HashMap<>();
    /** Suffixes of pools whose chains are written; they do not depend on targets. */
    private final Set<String> written = new HashSet<>();
    /** Cohorts with a handover under way. */
    private final Set<String> handing = new TreeSet<>();
    /** Cohorts → suffixes of pools that only remember. */
    private final Map<String, Set<String>> remembering = new HashMap<>();

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
     * @param states suffix of a pool → {@link SlotState} of each slot
     * @param addresses mark → address of a target
     */
    Blueprint(long seed, Set<IpFamily> families, Map<String, int[]> states, Map<Integer, IpAddress> addresses) {
        this.seed = seed;
        this.hash = FlowHash.of(seed);
        this.families = families;
        this.marks = new Marks(addresses);
        Map<String, Map<String, int[]>> left = new HashMap<>();
        states.forEach((suffix, slots) -> {
            left.computeIfAbsent(PoolNames.prefix(suffix), _ -> new TreeMap<>()).put(suffix, slots);
            take(suffix, true);
        });
        left.forEach((prefix, slots) -> cohorts.put(prefix, Cohort.left(slots)));
    }

    /**
     * The next program. It has the same seed.
     *
     * @param used suffix → slots of connections that are remembered, of pools whose memory was looked at
     * @param now in nanoseconds of a monotonic clock
     */
    Marks.Change next(
            ForwardingProgram program, Devices devices, FastPath fastPath, Map<String, BitSet> used, long now) {
        Map<String, TargetGroup> next = new HashMap<>();
        program.groups().forEach(group -> next.put(group.key(), group));
        Set<String> changed = changedGroups(next);
        boolean someUnmarked = !marks.unmarked().isEmpty();
        Marks.Change change = mark(changed, next);
        // Whose targets have no mark is not written down.
        boolean all = someUnmarked || !marks.unmarked().isEmpty();
        Forwarding before = forwarding;
        forwarding = before.next(program, next, all ? next.keySet() : changed, families, marks);
        groups = next;

        slots(before, used, now);
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

    private Set<String> changedGroups(Map<String, TargetGroup> next) {
        Set<String> changed = new HashSet<>();
        next.forEach((key, group) -> {
            if (!group.equals(groups.get(key))) {
                changed.add(key);
            }
        });
        groups.keySet().stream().filter(key -> !next.containsKey(key)).forEach(changed::add);
        return changed;
    }

    private Marks.Change mark(Set<String> changed, Map<String, TargetGroup> next) {
        Set<IpAddress> come = new HashSet<>();
        Set<IpAddress> go = new HashSet<>();
        List<IpAddress> released = new ArrayList<>();
        for (String key : changed) {
            Set<IpAddress> old = addresses(groups.get(key));
            Set<IpAddress> fresh = addresses(next.get(key));
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

    private void slots(Forwarding before, Map<String, BitSet> used, long now) {
        Set<String> open = new TreeSet<>();
        used.keySet().forEach(suffix -> open.add(PoolNames.prefix(suffix)));
        handing.stream()
                .filter(prefix ->
                        cohorts.getOrDefault(prefix, Cohort.NONE).handovers().anyOver(now))
                .forEach(open::add);
        for (IpPrefix vip : forwarding.changed()) {
            List<Way> old = before.ways().getOrDefault(vip, List.of());
            List<Way> fresh = forwarding.ways().getOrDefault(vip, List.of());
            Forwarding.pools(fresh).stream()
                    .filter(pool -> pools.hold(pool, true))
                    .forEach(pool -> {
                        String prefix = PoolNames.prefix(pool);
                        members.computeIfAbsent(prefix, _ -> new LinkedHashSet<>())
                                .add(pool);
                        open.add(prefix);
                    });
            Forwarding.pools(old).stream().filter(pools::release).forEach(pool -> {
                String prefix = PoolNames.prefix(pool);
                members.getOrDefault(prefix, new HashSet<>()).remove(pool);
                open.add(prefix);
            });
        }
        // What nobody goes on with.
        cohorts.keySet().stream().filter(prefix -> !members.containsKey(prefix)).forEach(open::add);
        Map<String, Map<String, int[]>> inherited = new HashMap<>();
        open.stream()
                .filter(prefix -> !cohorts.containsKey(prefix))
                .forEach(prefix -> inherited.put(prefix, otherSizes(prefix)));
        Set<String> freed = new HashSet<>();
        open.forEach(prefix -> freed.addAll(next(prefix, inherited.getOrDefault(prefix, Map.of()), used, now)));
        // Not before: packets are still on their way through them.
        freed.forEach(suffix -> take(suffix, false));
    }

    /** Suffix → slots of pools of the same group and family that have another number of slots: it declares another capacity now. */
    private Map<String, int[]> otherSizes(String prefix) {
        Map<String, int[]> states = new HashMap<>();
        PoolNames.otherSizes(prefix)
                .forEach(other -> states.putAll(
                        cohorts.getOrDefault(other, Cohort.NONE).handovers().states()));
        return states;
    }

    /**
     * The next state of a cohort.
     *
     * @return suffixes of pools that went
     */
    private Set<String> next(String prefix, Map<String, int[]> inherited, Map<String, BitSet> used, long now) {
        Cohort before = cohorts.getOrDefault(prefix, Cohort.NONE);
        Set<SlotPool> wanted = members.getOrDefault(prefix, Set.of());
        int slots = wanted.isEmpty() ? 0 : wanted.iterator().next().slots();
        Cohort after = before.next(wanted, seed, cells.getOrDefault(slots, new BitSet()), inherited, used, now);
        before.names().suffixes().keySet().stream()
                .filter(pool -> !wanted.contains(pool))
                .forEach(suffixes::remove);
        after.names().suffixes().forEach((pool, suffix) -> {
            suffixes.put(pool, suffix);
            take(suffix, true);
            if (written.add(suffix)) {
                decides.put(new Key.Cell(suffix), Tables.cell(pool, suffix, hash));
            }
            Map<Integer, Integer> byTarget = new HashMap<>();
            pool.marks().forEach((identifier, mark) -> byTarget.put(SlotState.target(identifier), mark));
            decides.put(
                    new Key.Slots(suffix),
                    SlotBanks.part(
                            SlotBanks.Cell.of(suffix),
                            after.handovers().states().getOrDefault(suffix, new int[0]),
                            byTarget));
        });
        Set<String> gone = new HashSet<>(before.handovers().states().keySet());
        gone.removeAll(after.handovers().states().keySet());
        gone.forEach(suffix -> {
            written.remove(suffix);
            decides.remove(new Key.Cell(suffix));
            decides.remove(new Key.Slots(suffix));
        });
        if (wanted.isEmpty()) {
            cohorts.remove(prefix);
            members.remove(prefix);
        } else {
            cohorts.put(prefix, after);
        }
        Set<String> onlyRemembering = after.handovers().onlyRemembering();
        if (onlyRemembering.isEmpty()) {
            remembering.remove(prefix);
        } else {
            remembering.put(prefix, onlyRemembering);
        }
        if (after.handovers().until().isEmpty()) {
            handing.remove(prefix);
        } else {
            handing.add(prefix);
        }
        return gone;
    }

    private void take(String suffix, boolean taken) {
        SlotBanks.Cell cell = SlotBanks.Cell.of(suffix);
        cells.computeIfAbsent(cell.slots(), _ -> new BitSet()).set(cell.number(), taken);
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
                from.add(suffix(share.pool()));
            });
        }
        return from;
    }

    private Written written(IpPrefix vip, List<Way> ways, List<Object> from, int room) {
        List<Service> services = forwarding.routes().services(vip);
        List<Service> listed = services.size() <= room ? services : List.of();
        return new Written(from, Tables.vip(vip, ways, listed, hash, this::suffix), listed.size());
    }

    /** Empty for a pool without targets. */
    String suffix(SlotPool pool) {
        return suffixes.getOrDefault(pool, "");
    }

    /**
     * The tables, in the order of the hooks at an interface from the last: a mark that the one knows and the other does not
     * sends the packet the complete way.
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

    /** Whether a handover is over, so that the slots must be written again. */
    boolean anyOver(long now) {
        return handing.stream()
                .anyMatch(prefix ->
                        cohorts.getOrDefault(prefix, Cohort.NONE).handovers().anyOver(now));
    }

    /** Suffix of a pool that has slots whose connections may be remembered, and no handover that adds some → how many slots it has. */
    Map<String, Integer> onlyRemembering() {
        Map<String, Integer> slots = new TreeMap<>();
        remembering
                .values()
                .forEach(some -> some.forEach(
                        suffix -> slots.put(suffix, SlotBanks.Cell.of(suffix).slots())));
        return slots;
    }
}
