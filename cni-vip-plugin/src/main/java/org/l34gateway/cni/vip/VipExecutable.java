// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import org.l34gateway.cni.CniProcess;
import org.l34gateway.cni.host.NativeHost;

/** The native executable {@code loopback-vip}; TeaVM starts compiling here. */
public final class VipExecutable {
    private VipExecutable() {}

    public static void main(String[] args) {
        NativeHost host = new NativeHost();
        host.exit(CniProcess.run(host, new VipPlugin()));
    }
}
