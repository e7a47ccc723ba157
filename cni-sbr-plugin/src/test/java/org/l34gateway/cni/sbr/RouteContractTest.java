// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import org.l34gateway.cni.Plugin;
import org.l34gateway.cni.testing.CniContract;

class RouteContractTest implements CniContract {
    @Override
    public Plugin plugin() {
        return new RoutePlugin();
    }

    @Override
    public String goodArguments() {
        return "\"gateways\":[\"169.254.100.1\",\"fd00::1\"],\"tableId\":5000,"
                + "\"policyRoutes\":[{\"srcPrefix\":\"20.0.0.1/32\"}],\"sysctls\":{\"net.ipv4.ip_forward\":\"1\"}";
    }
}
