// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.cni.CniError;
import org.l34gateway.cni.Holdings;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.netlink.Route;

/**
 * What a pod shall route by source. Everything may be empty: then the attachment is only an anchor for later changes.
 *
 * @param sources packets from these use the table; sorted
 * @param nextHops gateways of the table's default routes, both families; sorted
 * @param table routing table, 0 to let one be chosen
 * @param sysctls parameters to set besides those that VIPs need: path below /proc/sys → value
 */
public record RouteWanted(
        List<IpPrefix> sources, List<IpAddress> nextHops, int table, SortedMap<String, String> sysctls) {
    private static final int MAX_VALUE_LENGTH = 64;

    /** @throws CniError {@link CniError#INVALID_CONFIGURATION} for reserved tables and sysctls outside {@code net} */
    public RouteWanted {
        sources = List.copyOf(new ArrayList<>(new TreeSet<>(sources)));
        nextHops = List.copyOf(new ArrayList<>(new TreeSet<>(nextHops)));
        if (table < 0 || (table >= Route.TABLE_DEFAULT && table <= Route.TABLE_LOCAL)) {
            throw new CniError(CniError.INVALID_CONFIGURATION, "table " + table + " is reserved");
        }
        TreeMap<String, String> paths = new TreeMap<>();
        for (Map.Entry<String, String> each : sysctls.entrySet()) {
            paths.put(path(each.getKey()), value(each.getKey(), each.getValue()));
        }
        sysctls = paths;
    }

    /** Sources and next hops, with a table chosen by us and no further sysctls. */
    public static RouteWanted of(Collection<IpPrefix> sources, Collection<IpAddress> nextHops) {
        return new RouteWanted(List.copyOf(sources), List.copyOf(nextHops), 0, new TreeMap<>());
    }

    /** Nothing. */
    static final RouteWanted NOTHING = of(List.of(), List.of());

    static RouteWanted of(Holdings holds) {
        return new RouteWanted(holds.sources(), holds.nextHops(), holds.table(), holds.sysctls());
    }

    boolean isEmpty() {
        return sources.isEmpty() && nextHops.isEmpty();
    }

    /** The families of sources and next hops: others are not this attachment's to touch. */
    Set<IpFamily> families() {
        Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
        for (IpPrefix source : sources) {
            families.add(source.family());
        }
        for (IpAddress nextHop : nextHops) {
            families.add(nextHop.family());
        }
        return families;
    }

    /** {@code net.ipv4.ip_forward} and {@code net/ipv4/ip_forward} are both written; an interface name may have a dot. */
    private static String path(String name) {
        String path = name.indexOf('/') >= 0 ? name : name.replace('.', '/');
        boolean allowed = path.startsWith("net/") && !path.endsWith("/");
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
            boolean separator = c == '/' && i > 0 && path.charAt(i - 1) != '/';
            allowed &= plain || separator;
        }
        for (int i = 0; i + 1 < path.length(); i++) {
            allowed &= path.charAt(i) != '.' || path.charAt(i + 1) != '.';
        }
        if (!allowed) {
            throw new CniError(CniError.INVALID_CONFIGURATION, "sysctl \"" + name + "\" is not one of net");
        }
        return path;
    }

    private static String value(String name, String value) {
        boolean plain = value.length() <= MAX_VALUE_LENGTH && !value.isEmpty();
        for (int i = 0; i < value.length(); i++) {
            plain &= value.charAt(i) >= ' ' && value.charAt(i) < 0x7F;
        }
        if (!plain) {
            throw new CniError(CniError.INVALID_CONFIGURATION, "value of sysctl " + name + " is not plain text");
        }
        return value;
    }
}
