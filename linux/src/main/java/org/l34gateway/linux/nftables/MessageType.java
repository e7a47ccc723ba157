// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

/** What a message asks for or tells of (enum nf_tables_msg_types). */
enum MessageType {
    NEWTABLE(0, MessageType.NLM_F_CREATE),
    NEWCHAIN(3, MessageType.NLM_F_CREATE),
    GETCHAIN(4, 0),
    DELCHAIN(5, 0),
    NEWRULE(6, MessageType.NLM_F_CREATE | MessageType.NLM_F_APPEND),
    GETRULE(7, 0),
    DELRULE(8, 0),
    NEWSET(9, MessageType.NLM_F_CREATE),
    GETSET(10, 0),
    DELSET(11, 0),
    NEWSETELEM(12, MessageType.NLM_F_CREATE),
    GETSETELEM(13, 0),
    DELSETELEM(14, 0),
    NEWGEN(15, 0),
    GETGEN(16, 0),
    NEWOBJ(18, MessageType.NLM_F_CREATE),
    GETOBJ(19, 0),
    DELOBJ(20, 0);

    private static final int NLM_F_CREATE = 0x400;
    private static final int NLM_F_APPEND = 0x800;

    private final int number;
    private final int flags;

    MessageType(int number, int flags) {
        this.number = number;
        this.flags = flags;
    }

    int number() {
        return number;
    }

    int flags() {
        return flags;
    }
}
