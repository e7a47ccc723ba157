// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import org.l34gateway.cni.Plugin;
import org.l34gateway.cni.testing.CostContract;
import org.l34gateway.linux.testing.ScratchNetns;

class RouteCostTest implements CostContract {
    @Override
    public Plugin plugin() {
        return new RoutePlugin();
    }

    @Override
    public void connect(ScratchNetns pod) {
        RouteExecutableTest.connect(pod);
    }

    @Override
    public String arguments() {
        return RouteExecutableTest.arguments("20.0.0.1/32", "169.254.100.1");
    }

    @Override
    public int mostSystemCalls() {
        return 120;
    }
}
