// SPDX-License-Identifier: Apache-2.0
/**
 * Hosts made of namespaces. A host is a process with network, mount, PID, UTS and IPC namespaces of its own; the kernel ends
 * everything in it when that process dies. Start at {@link Host}; {@link HostStarter} makes one.
 */
@NullMarked
package org.l34gateway.lab.host;

import org.jspecify.annotations.NullMarked;
