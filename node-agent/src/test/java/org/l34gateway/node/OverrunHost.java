// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.l34gateway.cni.host.Host;
import org.l34gateway.cni.host.JvmHost;
import org.l34gateway.cni.host.Namespace;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.NetlinkPort;

/**
 * The machine, but for one answer of the kernel that gets lost: netlink says ENOBUFS in its place, as it does when it has no
 * memory for it (netlink(7)). What was asked for has been done all the same.
 */
final class OverrunHost {
    private int untilOverrun = -1;

    /** The answer that gets lost; 1 is the next one. */
    synchronized void loseAnswer(int number) {
        untilOverrun = number;
    }

    /** Whether it got lost. */
    synchronized boolean isLost() {
        return untilOverrun == 0;
    }

    private synchronized boolean isLostNow() {
        return untilOverrun > 0 && --untilOverrun == 0;
    }

    Host host() {
        JvmHost machine = new JvmHost();
        return replacing(Host.class, machine, "namespace", path -> lossy(machine.namespace(String.valueOf(path))));
    }

    private Namespace lossy(Namespace netns) {
        return replacing(Namespace.class, netns, "netlink", _ -> lossy(netns.netlink()));
    }

    private NetlinkPort lossy(NetlinkPort port) {
        return new NetlinkPort() {
            @Override
            public int send(byte[] message, int length) {
                return port.send(message, length);
            }

            @Override
            public int recv(byte[] buffer) {
                int received = port.recv(buffer);
                return isLostNow() ? -Errno.ENOBUFS : received;
            }
        };
    }

    private interface Replacement {
        Object call(Object argument);
    }

    /** Everything as before but for one method. */
    private static <T> T replacing(Class<T> type, T all, String method, Replacement instead) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (_, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        return instead.call(arguments == null ? "" : arguments[0]);
                    }
                    try {
                        return called.invoke(all, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                }));
    }
}
