// SPDX-License-Identifier: Apache-2.0
/**
 * Access to the Linux kernel from the JVM through JNA: system calls, network namespaces, netlink sockets, nf_tables, eBPF and sysctl.
 *
 * <p>Calls that change the namespace of a thread run on platform threads only. No decisions and no Kubernetes here.
 */
@NullMarked
package org.l34gateway.linux;

import org.jspecify.annotations.NullMarked;
