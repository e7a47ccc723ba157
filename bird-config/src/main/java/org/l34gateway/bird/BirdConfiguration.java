// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

/**
 * What BIRD does in a gateway pod: it announces VIPs to the neighbours, and puts the default routes that it learns from
 * them, and nothing else, into one table of the kernel.
 *
 * @param routerId an IPv4 address as BGP Identifier, not 0.0.0.0; it need not exist anywhere (RFC 6286)
 * @param vips prefixes to announce, in their natural order
 * @param neighbours in the order of the text; names and (address, link) are unique
 */
public record BirdConfiguration(IpAddress routerId, List<IpPrefix> vips, List<BgpNeighbour> neighbours) {
    /** The kernel's table for the learned default routes of both families (design: rule 10 looks answers up there). */
    public static final int KERNEL_TABLE = 4096;

    /**
     * @throws IllegalArgumentException when the router id is not one or when neighbours collide; the message says which
     */
    public BirdConfiguration {
        if (routerId.family() != IpFamily.IPV4 || routerId.equals(IpAddress.of(new byte[4]))) {
            throw new IllegalArgumentException("a router id is an IPv4 address other than 0.0.0.0, got " + routerId);
        }
        vips = List.copyOf(new TreeSet<>(vips));
        neighbours = List.copyOf(neighbours);
        Set<Object> seen = new HashSet<>();
        for (BgpNeighbour neighbour : neighbours) {
            if (!seen.add(neighbour.name()) || !seen.add(List.of(neighbour.address(), neighbour.link()))) {
                throw new IllegalArgumentException("two neighbours with the name " + PlainText.quoted(neighbour.name())
                        + " or the address " + neighbour.address() + " on " + neighbour.link());
            }
        }
    }

    /** A router id from the bytes of something unique, for example a pod's UID: never 0.0.0.0. */
    public static IpAddress routerId(String unique) {
        int hash = 0x811C9DC5; // FNV-1a; String.hashCode keeps UIDs that differ in few digits too close
        for (int i = 0; i < unique.length(); i++) {
            hash = (hash ^ unique.charAt(i)) * 0x01000193;
        }
        int id = hash == 0 ? 1 : hash;
        return IpAddress.of(new byte[] {(byte) (id >> 24), (byte) (id >> 16), (byte) (id >> 8), (byte) id});
    }

    /** The same neighbours with these VIPs. */
    public BirdConfiguration withVips(Collection<IpPrefix> announced) {
        SortedSet<IpPrefix> sorted = new TreeSet<>(announced);
        return new BirdConfiguration(routerId, List.copyOf(sorted), neighbours);
    }

    /**
     * The neighbour whose block of {@link #text} holds a line, for BIRD's refusals; null when none does.
     *
     * @param line from 1
     */
    public @Nullable BgpNeighbour neighbourAt(int line) {
        List<String> lines = text().lines().toList();
        for (int i = Math.min(line, lines.size()); i >= 1; i--) {
            String start = lines.get(i - 1);
            if (start.startsWith("protocol ")) {
                return neighbours.stream()
                        .filter(neighbour -> start.equals("protocol bgp " + neighbour.protocolName() + " {"))
                        .findFirst()
                        .orElse(null);
            }
        }
        return null;
    }

    /** The same without one neighbour. */
    public BirdConfiguration without(BgpNeighbour left) {
        return new BirdConfiguration(
                routerId,
                vips,
                neighbours.stream().filter(neighbour -> !neighbour.equals(left)).toList());
    }

    /** The text of the generated file, to be included by the base configuration; equal records give equal texts. */
    public String text() {
        return new ConfigurationText(this).write();
    }
}
