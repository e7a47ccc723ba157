// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import org.l34gateway.cni.testing.BuildContract;

class RouteBuildTest implements BuildContract {
    @Override
    public Class<?> main() {
        return RouteExecutable.class;
    }

    @Override
    public String name() {
        return RouteAttachment.PLUGIN;
    }
}
