// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import java.util.Optional;
import org.l34gateway.api.Report;
import org.l34gateway.attachments.MultusElements;

/**
 * Names what one Gateway has in a pod, also after the Gateway is gone: the part that the CNI interface names of its
 * {@code vip} and {@code policy-route} attachments have in common.
 *
 * @param suffix the interface names without their prefixes: 11 hexadecimal digits
 */
public record AttachmentKey(String suffix) implements Comparable<AttachmentKey> {
    private static final String VIP = "l34v";
    private static final String ROUTE = "l34r";
    private static final int DIGITS = 11;

    /** The key of a Gateway. */
    public static AttachmentKey of(Report.ObjectRef gateway) {
        String name = MultusElements.vipInterface(gateway.namespace(), gateway.name());
        return new AttachmentKey(name.substring(VIP.length()));
    }

    /** The key behind a CNI interface name; empty when the attachment is none that follows a Gateway. */
    public static Optional<AttachmentKey> ofInterface(String cniInterface) {
        boolean ours = (cniInterface.startsWith(VIP) || cniInterface.startsWith(ROUTE))
                && cniInterface.length() == VIP.length() + DIGITS;
        return ours ? Optional.of(new AttachmentKey(cniInterface.substring(VIP.length()))) : Optional.empty();
    }

    /** CNI interface name of the attachment that holds VIPs on {@code lo}. */
    public String vipInterface() {
        return VIP + suffix;
    }

    /** CNI interface name of the attachment that holds rules and the table. */
    public String routeInterface() {
        return ROUTE + suffix;
    }

    @Override
    public int compareTo(AttachmentKey other) {
        return suffix.compareTo(other.suffix);
    }

    @Override
    public String toString() {
        return suffix;
    }
}
