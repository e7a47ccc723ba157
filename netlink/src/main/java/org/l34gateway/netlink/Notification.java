// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** News from the kernel to a socket that joined groups ({@code RTMGRP_…}). */
public sealed interface Notification {
    /** Groups to join, as bits of {@code sockaddr_nl.nl_groups} (linux/rtnetlink.h). */
    int GROUP_LINK = 0x1;

    int GROUP_NEIGHBOUR = 0x4;
    int GROUP_IPV4_ADDRESS = 0x10;
    int GROUP_IPV4_ROUTE = 0x40;
    int GROUP_IPV4_RULE = 0x80;
    int GROUP_IPV6_ADDRESS = 0x100;
    int GROUP_IPV6_ROUTE = 0x400;
    /** {@code RTNLGRP_IPV6_RULE} is group 19. */
    int GROUP_IPV6_RULE = 0x40000;

    /** It is new or has changed. */
    record Present(KernelObject object) implements Notification {}

    /** It is gone. */
    record Gone(KernelObject object) implements Notification {}

    /** The kernel dropped news ({@code ENOBUFS}): whatever was known is out of date and must be read again. */
    record Missed() implements Notification {}

    /** The news in one datagram; messages about other things are left out. */
    static List<Notification> read(byte[] datagram, int length) {
        List<Notification> news = new ArrayList<>();
        int at = 0;
        while (at + 16 <= length) {
            MessageReader in = new MessageReader(datagram, at, length - at);
            int size = in.u32(0);
            if (size < 16 || size > in.length()) {
                break;
            }
            int type = in.u16(4);
            @Nullable KernelObject object = MessageType.read(type, in.part(16, size - 16));
            if (type == MessageType.OVERRUN) {
                news.add(new Missed());
            } else if (object != null) {
                boolean gone = (type & 3) == 1; // RTM_NEW… are multiples of 4, RTM_DEL… follow them
                news.add(gone ? new Gone(object) : new Present(object));
            }
            at += (size + 3) & ~3;
        }
        return news;
    }
}
