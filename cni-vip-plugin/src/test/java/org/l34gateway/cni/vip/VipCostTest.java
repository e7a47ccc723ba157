// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import org.l34gateway.cni.Plugin;
import org.l34gateway.cni.testing.CostContract;
import org.l34gateway.linux.testing.ScratchNetns;

class VipCostTest implements CostContract {
    @Override
    public Plugin plugin() {
        return new VipPlugin();
    }

    @Override
    public void connect(ScratchNetns pod) {
        // lo is enough.
    }

    @Override
    public String arguments() {
        return "\"vips\":[\"20.0.0.1/32\",\"2000::1/128\"]";
    }

    @Override
    public int mostSystemCalls() {
        return 70;
    }
}
