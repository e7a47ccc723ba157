// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.host;

import java.util.Collection;
import java.util.SortedMap;
import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.netlink.NetlinkPort;

/** An open network namespace. */
public interface Namespace extends AutoCloseable {
    /** A netlink socket inside; closed with the namespace. */
    NetlinkPort netlink();

    /**
     * Reads kernel parameters of the namespace, without their newlines. On the JVM that takes a thread, so all are read at once.
     *
     * @param names paths below {@code /proc/sys}, such as {@code net/ipv4/ip_forward}
     * @return by name, without those that the kernel has not
     * @throws KernelRefused when one is there and can not be read
     */
    SortedMap<String, String> parameters(Collection<String> names);

    /** Writes a kernel parameter of the namespace. */
    void setParameter(String name, String value);

    @Override
    void close();
}
