// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

import org.jspecify.annotations.Nullable;

/** Numbers of rtnetlink messages (linux/rtnetlink.h) and of the flags in their headers (linux/netlink.h). */
final class MessageType {
    static final int NOOP = 1;
    static final int ERROR = 2;
    static final int DONE = 3;
    static final int OVERRUN = 4;

    static final int NEWLINK = 16;
    static final int DELLINK = 17;
    static final int GETLINK = 18;
    static final int NEWADDR = 20;
    static final int DELADDR = 21;
    static final int GETADDR = 22;
    static final int NEWROUTE = 24;
    static final int DELROUTE = 25;
    static final int GETROUTE = 26;
    static final int NEWNEIGH = 28;
    static final int DELNEIGH = 29;
    static final int GETNEIGH = 30;
    static final int NEWRULE = 32;
    static final int DELRULE = 33;
    static final int GETRULE = 34;
    static final int SETNEIGHTBL = 67;

    static final int FLAG_REQUEST = 0x1;
    static final int FLAG_ACK = 0x4;
    /** The list changed while it was read. */
    static final int FLAG_DUMP_INTERRUPTED = 0x10;

    static final int FLAG_DUMP = 0x300;
    static final int FLAG_REPLACE = 0x100;
    static final int FLAG_EXCL = 0x200;
    static final int FLAG_CREATE = 0x400;
    /** In an error: only the header of the refused request is quoted. */
    static final int FLAG_CAPPED = 0x100;
    /** In an error: attributes with an explanation follow. */
    static final int FLAG_ACK_TLVS = 0x200;

    private MessageType() {}

    static String name(int type) {
        return switch (type) {
            case NEWLINK -> "RTM_NEWLINK";
            case DELLINK -> "RTM_DELLINK";
            case GETLINK -> "RTM_GETLINK";
            case NEWADDR -> "RTM_NEWADDR";
            case DELADDR -> "RTM_DELADDR";
            case GETADDR -> "RTM_GETADDR";
            case NEWROUTE -> "RTM_NEWROUTE";
            case DELROUTE -> "RTM_DELROUTE";
            case GETROUTE -> "RTM_GETROUTE";
            case NEWNEIGH -> "RTM_NEWNEIGH";
            case DELNEIGH -> "RTM_DELNEIGH";
            case GETNEIGH -> "RTM_GETNEIGH";
            case NEWRULE -> "RTM_NEWRULE";
            case DELRULE -> "RTM_DELRULE";
            case GETRULE -> "RTM_GETRULE";
            case SETNEIGHTBL -> "RTM_SETNEIGHTBL";
            default -> "netlink message " + type;
        };
    }

    /** The object in the body of a message of this type; null for what this project does not look at. */
    static @Nullable KernelObject read(int type, MessageReader body) {
        return switch (type) {
            case NEWLINK, DELLINK -> Link.read(body);
            case NEWADDR, DELADDR -> Address.read(body);
            case NEWROUTE, DELROUTE -> Route.read(body);
            case NEWNEIGH, DELNEIGH -> Neighbour.read(body);
            case NEWRULE, DELRULE -> Rule.read(body);
            default -> null;
        };
    }
}
