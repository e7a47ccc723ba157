// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.neighbour;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.netlink.MacAddress;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.Rtnetlink;

/**
 * Asks neighbours in one namespace whether they are there. With a {@link #look} every {@link #INTERVAL}, an address that
 * falls silent is dead after 0.6 to 0.8 s, and alive again within one look of its answer; it is asked on meanwhile, also
 * under another MAC address; what that means is the caller's. Not for use by several threads at once.
 *
 * <p>The kernel asks, so nothing is sent that it would not send itself. For this its parameter {@code retrans_time_ms} is
 * set to 200 on the interfaces of watched addresses, and stays so: it is of the namespace, makes the kernel's own
 * questions quicker too (3 in 0.6 s instead of 3 s), and goes with the interface.
 */
public final class NeighbourProbe {
    /** How often to look. */
    public static final Duration INTERVAL = Duration.ofMillis(Reachability.RETRANS_MILLIS);

    /** A router advertisement may set the parameter to something else (RFC 4861 §6.3.4). */
    private static final long TIMING_LASTS_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** So many are asked for one by one: for a list the kernel walks over the neighbours of all namespaces of the machine. */
    private static final int ASKED_FOR = 16;

    private final Rtnetlink kernel;
    private Reachability reachability = Reachability.UNKNOWN;
    private Map<Table, Long> timed = new HashMap<>();
    private final Set<Table> speaking = new HashSet<>();

    /**
     * What a look came to.
     *
     * @param dead watched addresses that do not answer
     * @param macs the MAC address under which a watched address has answered, or was announced since; none for one that
     *     is being asked, or has a fixed entry
     */
    public record Seen(SortedSet<IpAddress> dead, Map<IpAddress, MacAddress> macs) {
        public Seen {
            dead = Collections.unmodifiableSortedSet(new TreeSet<>(dead));
            macs = Map.copyOf(macs);
        }
    }

    /** A neighbour table of an interface, and its parameters. */
    private record Table(int ifindex, IpFamily family) {}

    /** Probes in the namespace that the conversation is with; its socket stays the caller's to close. */
    public NeighbourProbe(Rtnetlink kernel) {
        this.kernel = kernel;
    }

    /**
     * Looks who has answered, and asks again. One that was not watched before gets its time to answer before it is dead. A
     * question that the kernel refuses, because the interface is down or gone, is one that nobody answers. An IPv6 address
     * counts as watched from when the interface has a link-local address to ask from: while that one is checked for
     * duplicates (RFC 4862 §5.4, up to 2 s after the interface came up), the kernel asks nobody, and packets wait.
     *
     * @param watched address → index of the interface on whose link it is; others are forgotten
     * @param nanos a monotonic clock. This thread may be kept waiting anywhere: a neighbour's time to answer runs from after
     *     the question until before the tables are read
     * @throws KernelRefused when the neighbour tables can not be read
     */
    public Seen look(Map<IpAddress, Integer> watched, LongSupplier nanos) {
        long began = nanos.getAsLong();
        Set<Table> tables = new HashSet<>();
        watched.forEach((address, ifindex) -> tables.add(new Table(ifindex, address.family())));
        setTiming(tables, began);
        Map<IpAddress, Integer> asked = askable(watched, tables);
        Reachability.Look look = reachability.look(asked, neighbours(asked), began);
        look.solicits().forEach(this::ask);
        reachability = look.after().asked(began, nanos.getAsLong());
        return new Seen(look.dead(), look.macs());
    }

    private Map<IpAddress, Integer> askable(Map<IpAddress, Integer> watched, Set<Table> tables) {
        speaking.retainAll(tables);
        if (tables.stream().allMatch(table -> table.family() == IpFamily.IPV4 || speaking.contains(table))) {
            return watched;
        }
        Set<Table> checked = new HashSet<>();
        for (Address address : kernel.addresses()) {
            if (address.address().family() == IpFamily.IPV6 && address.scope() == Address.SCOPE_LINK) {
                Table table = new Table(address.ifindex(), IpFamily.IPV6);
                if (address.isBeingChecked()) {
                    checked.add(table);
                } else if ((address.flags() & Address.FLAG_DADFAILED) == 0) {
                    speaking.add(table);
                }
            }
        }
        checked.removeAll(speaking);
        Map<IpAddress, Integer> askable = new HashMap<>(watched);
        askable.entrySet()
                .removeIf(each -> checked.contains(
                        new Table(each.getValue(), each.getKey().family())));
        return askable;
    }

    private List<Neighbour> neighbours(Map<IpAddress, Integer> watched) {
        if (watched.size() > ASKED_FOR) {
            return kernel.neighbours();
        }
        List<Neighbour> known = new ArrayList<>();
        watched.forEach((address, ifindex) -> {
            try {
                @Nullable Neighbour neighbour = kernel.neighbour(ifindex, address);
                if (neighbour != null) {
                    known.add(neighbour);
                }
            } catch (KernelRefused refused) {
                if (refused.errno() != Errno.ENODEV) {
                    throw refused;
                }
            }
        });
        return known;
    }

    private void setTiming(Set<Table> tables, long nowNanos) {
        Map<Table, Long> still = new HashMap<>();
        for (Table table : tables) {
            Long before = timed.get(table);
            if (before != null && nowNanos - before < TIMING_LASTS_NANOS) {
                still.put(table, before);
            } else if (set(table)) {
                still.put(table, nowNanos);
            }
        }
        timed = still;
    }

    private boolean set(Table table) {
        try {
            kernel.setRetransTime(table.ifindex(), table.family(), Reachability.RETRANS_MILLIS);
            return true;
        } catch (KernelRefused _) {
            return false; // no such interface, or it has not this family: its addresses will not answer either
        }
    }

    private void ask(Solicit solicit) {
        try {
            switch (solicit) {
                // Without a MAC address the kernel takes the one that it knows at this moment.
                case Solicit.Unicast(var ifindex, var address) ->
                    kernel.replace(new Neighbour(ifindex, address, null, Neighbour.STATE_PROBE, 0));
                case Solicit.Multicast(var ifindex, var address) -> {
                    kernel.replace(new Neighbour(ifindex, address, null, Neighbour.STATE_FAILED, 0));
                    kernel.replace(new Neighbour(ifindex, address, null, Neighbour.STATE_NONE, Neighbour.FLAG_USE));
                }
            }
        } catch (KernelRefused _) {
            // ENODEV, ENETDOWN, EINVAL (the entry lost its MAC address since), ENOBUFS (the table is full): a miss.
        }
    }
}
