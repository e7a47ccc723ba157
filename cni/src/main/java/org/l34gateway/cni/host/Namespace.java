// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.host;

import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.netlink.NetlinkPort;

/** An open network namespace. */
public interface Namespace extends AutoCloseable {
    /** A netlink socket inside; closed with the namespace. */
    NetlinkPort netlink();

    /**
     * Reads a kernel parameter of the namespace, without the newline.
     *
     * @param name path below {@code /proc/sys}, such as {@code net/ipv4/ip_forward}
     * @throws KernelRefused ENOENT when the kernel has no such parameter
     */
    String parameter(String name);

    /** Writes a kernel parameter of the namespace. */
    void setParameter(String name, String value);

    @Override
    void close();
}
