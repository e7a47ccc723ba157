// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

/**
 * A chain that packets enter by themselves.
 *
 * @param priority the lower, the earlier
 * @param drops whether packets that reach its end are dropped; else they go on
 * @param device the interface's name for {@link Hook#INGRESS}, else empty
 */
public record HookedChain(String name, Hook hook, int priority, boolean drops, String device) {
    /** Where packets enter. */
    public enum Hook {
        /** Before routing. */
        PREROUTING("filter", 0),
        /** Between two interfaces. */
        FORWARD("filter", 2),
        /** From this namespace's own sockets and from the kernel; what the chain changes is routed again. */
        OUTPUT_ROUTED("route", 3),
        /** From this namespace's own sockets and from the kernel. */
        OUTPUT("filter", 3),
        /** When they come in by one interface, before everything else of the network layer. */
        INGRESS("filter", 5);

        private final String type;
        private final int number;

        Hook(String type, int number) {
            this.type = type;
            this.number = number;
        }

        String type() {
            return type;
        }

        /** NF_INET_…, or NF_NETDEV_INGRESS. */
        int number(TableName.Family family) {
            return family == TableName.Family.NETDEV ? 0 : number;
        }
    }

    @Override
    public String toString() {
        return name + " at " + hook + (device.isEmpty() ? "" : " of " + device) + ", priority " + priority
                + (drops ? ", drops" : "");
    }
}
