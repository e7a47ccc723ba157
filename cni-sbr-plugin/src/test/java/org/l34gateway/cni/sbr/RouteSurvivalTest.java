// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

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
    }

    @Override
    public String arguments() {
        return RouteExecutableTest.arguments("20.0.0.1/32,2000::1/128", "169.254.100.1,169.254.100.2,fd00::1");
    }

    /** Another table too. */
    @Override
    public String otherArguments() {
        return RouteExecutableTest.arguments("20.0.0.1/32,20.0.1.0/24,2000::2/128", "169.254.100.2,fd00::1,fd00::2")
                + ",\"tableId\":5007";
    }

    /** Sysctls stay: later attachments may rely on them. */
    @Override
    public void forget(ScratchNetns pod) {
        for (String name : List.of(
                "net/ipv4/fib_multipath_hash_policy",
                "net/ipv6/fib_multipath_hash_policy",
                "net/ipv4/fib_multipath_use_neigh",
                "net/ipv4/conf/all/arp_announce",
                "net/ipv4/conf/all/arp_ignore")) {
            RouteExecutableTest.set(pod, name, "0");
        }
        RouteExecutableTest.set(pod, "net/ipv4/conf/all/rp_filter", "1");
    }

    @Override
    public List<String> everything(ScratchNetns pod) {
        return RouteExecutableTest.everything(pod);
    }
}
