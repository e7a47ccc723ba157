// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.netlink.Link;

/**
 * The interfaces as they are now. Rules name them by index, which the kernel compares faster than names; an interface that is
 * made anew has another one.
 *
 * @param external those that are there
 * @param internal null when it is not there
 */
record Devices(SortedMap<String, Device> external, @Nullable Device internal) {
    /**
     * One of them.
     *
     * @param up whether packets can leave by it
     * @param ethernet whether frames of Ethernet come in by it
     */
    record Device(int index, int mtuBytes, boolean up, boolean ethernet) {}

    Devices {
        external = Collections.unmodifiableSortedMap(new TreeMap<>(external));
    }

    static Devices of(Interfaces interfaces, List<Link> links) {
        SortedMap<String, Device> external = new TreeMap<>();
        @Nullable Device internal = null;
        for (Link link : links) {
            Device device = new Device(link.index(), link.mtuBytes(), link.up(), link.mac() != null);
            if (interfaces.external().contains(link.name())) {
                external.put(link.name(), device);
            }
            if (link.name().equals(interfaces.internal())) {
                internal = device;
            }
        }
        return new Devices(external, internal);
    }

    /** The index towards the targets, 0 when no packet can leave there. */
    int wayToTargets() {
        return internal != null && internal.up() ? internal.index() : 0;
    }
}
