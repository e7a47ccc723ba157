// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.l34gateway.ip.IpAddress;

/**
 * Which namespace is a pod's. A pod can have several for a while, because a sandbox may be made anew under the same pod;
 * the right one has the addresses that the kubelet reports.
 */
final class SandboxChoice {
    private SandboxChoice() {}

    /**
     * A namespace that is there.
     *
     * @param addresses of its interfaces but {@code lo}
     */
    record Room(Sandbox sandbox, SortedSet<IpAddress> addresses) {
        Room {
            addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
        }
    }

    /**
     * Chooses.
     *
     * @param podAddresses as the kubelet reports them; empty before it did
     * @param recorded namespaces for which records of this pod were written
     * @param others where to search a pod whose records do not tell; none for a pod that is not to be adopted
     */
    static Placement choose(SortedSet<IpAddress> podAddresses, List<Room> recorded, Supplier<List<Room>> others) {
        List<Room> fitting = withAll(recorded, podAddresses);
        if (fitting.size() == 1) {
            return new Placement.Found(fitting.getFirst().sandbox());
        }
        if (fitting.isEmpty() && !podAddresses.isEmpty()) {
            List<Room> found = withAll(others.get(), podAddresses);
            if (found.size() == 1) {
                return new Placement.Found(found.getFirst().sandbox());
            }
            if (found.size() > 1) {
                return several(found, podAddresses);
            }
        }
        if (fitting.isEmpty() && recorded.size() == 1) {
            // Its plugins have run, and the kubelet has not told the addresses of the new sandbox yet.
            return new Placement.Found(recorded.getFirst().sandbox());
        }
        if (!fitting.isEmpty()) {
            return several(fitting, podAddresses);
        }
        return new Placement.Missing("no network namespace of this node has the addresses " + podAddresses);
    }

    private static List<Room> withAll(List<Room> rooms, SortedSet<IpAddress> addresses) {
        List<Room> fitting = new ArrayList<>();
        for (Room room : rooms) {
            if (room.addresses().containsAll(addresses)) {
                fitting.add(room);
            }
        }
        return fitting;
    }

    private static Placement several(List<Room> rooms, SortedSet<IpAddress> addresses) {
        List<String> names =
                rooms.stream().map(room -> room.sandbox().id()).sorted().toList();
        return new Placement.Missing("several network namespaces have the addresses " + addresses + ": " + names);
    }
}
