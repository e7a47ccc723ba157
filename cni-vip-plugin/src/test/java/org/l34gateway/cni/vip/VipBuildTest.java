// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import org.l34gateway.cni.testing.BuildContract;

class VipBuildTest implements BuildContract {
    @Override
    public Class<?> main() {
        return VipExecutable.class;
    }

    @Override
    public String name() {
        return VipAttachment.PLUGIN;
    }
}
