// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

/** What happens to a packet that matches a route: {@code rtm_type} (linux/rtnetlink.h). */
public enum RouteType {
    /** Sent to a next hop. */
    UNICAST(1),
    /** Taken by this namespace. */
    LOCAL(2),
    BROADCAST(3),
    ANYCAST(4),
    MULTICAST(5),
    /** Dropped without a word. */
    BLACKHOLE(6),
    /** Refused with EHOSTUNREACH, or ICMP unreachable when forwarded. */
    UNREACHABLE(7),
    /** Refused with EACCES, or ICMP prohibited when forwarded. */
    PROHIBIT(8),
    /** The lookup goes on in the next rule. */
    THROW(9),
    /** A kind that this project neither makes nor changes. */
    OTHER(0);

    private final int number;

    RouteType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static RouteType of(int number) {
        for (RouteType type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        return OTHER;
    }
}
