// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import org.l34gateway.cni.Plugin;
import org.l34gateway.cni.testing.CniContract;

class VipContractTest implements CniContract {
    @Override
    public Plugin plugin() {
        return new VipPlugin();
    }

    @Override
    public String goodArguments() {
        return "\"vips\":[\"20.0.0.1/32\",\"2000::1/128\"]";
    }
}
