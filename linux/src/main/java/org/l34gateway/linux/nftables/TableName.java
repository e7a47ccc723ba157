// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.util.Locale;

/** What the kernel knows a table by. */
public record TableName(Family family, String name) {
    /** What packets a table sees. */
    public enum Family {
        /** IPv4 and IPv6 (NFPROTO_INET). */
        INET(1),
        /** Whatever passes an interface (NFPROTO_NETDEV). */
        NETDEV(5);

        private final int code;

        Family(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    /** As nft writes it. */
    @Override
    public String toString() {
        return family.name().toLowerCase(Locale.ROOT) + " " + name;
    }
}
