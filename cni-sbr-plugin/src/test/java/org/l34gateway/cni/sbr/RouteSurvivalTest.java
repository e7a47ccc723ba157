// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import java.util.ArrayList;
import java.util.List;
import org.l34gateway.cni.Plugin;
import org.l34gateway.cni.testing.SurvivalContract;
import org.l34gateway.linux.testing.ScratchNetns;

class RouteSurvivalTest implements SurvivalContract {
    @Override
    public Plugin plugin() {
        return new RoutePlugin();
    }

    @Override
    public void connect(ScratchNetns pod) {
        RouteExecutableTest.connect(pod);
        RouteExecutableTest.set(pod, "net/ipv4/conf/all/rp_filter", "1");
    }

    @Override
    public String arguments() {
        return RouteExecutableTest.arguments("20.0.0.1/32,2000::1/128", "169.254.100.1,169.254.100.2,fd00::1")
                + ",\"sysctls\":{\"net.ipv4.ip_forward\":1}";
    }

    /** Another table too. */
    @Override
    public String otherArguments() {
        return RouteExecutableTest.arguments("20.0.0.1/32,20.0.1.0/24,2000::2/128", "169.254.100.2,fd00::1,fd00::2")
                + ",\"tableId\":5007";
    }

    @Override
    public List<String> everything(ScratchNetns pod) {
        List<String> all = new ArrayList<>(RouteExecutableTest.everything(pod));
        all.addAll(RouteExecutableTest.sysctls(pod));
        return all;
    }
}
