// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

/** Who made a route, rule or address: {@code rtm_protocol}, {@code FRA_PROTOCOL}, {@code IFA_PROTO} (linux/rtnetlink.h). */
public final class RouteProtocol {
    /** Not said. */
    public static final int UNSPECIFIED = 0;
    /** The kernel itself. */
    public static final int KERNEL = 2;
    /** An administrator; what iproute2 writes for routes. */
    public static final int STATIC = 4;
    /** BIRD. */
    public static final int BIRD = 12;
    /**
     * L34 Gateway. Values from 5 up are free for programs to choose; linux/rtnetlink.h and iproute2's rt_protos name
     * none between 100 and 185, so 134 (0x86) is ours. A file in /etc/iproute2/rt_protos.d may give it the name l34.
     */
    public static final int L34 = 134;

    private RouteProtocol() {}
}
