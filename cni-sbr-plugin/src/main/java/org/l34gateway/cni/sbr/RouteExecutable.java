// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import org.l34gateway.cni.CniProcess;
import org.l34gateway.cni.host.NativeHost;

/** The native executable {@code policy-route}; TeaVM starts compiling here. */
public final class RouteExecutable {
    private RouteExecutable() {}

    public static void main(String[] args) {
        NativeHost host = new NativeHost();
        host.exit(CniProcess.run(host, new RoutePlugin()));
    }
}
