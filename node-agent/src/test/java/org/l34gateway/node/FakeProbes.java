// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import java.util.Map;
import java.util.Set;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.node.plan.Examples;
import org.l34gateway.node.probe.ProbedHops;
import org.l34gateway.node.sandbox.Sandbox;

/** Next hops are dead when a test says so, in every sandbox. */
final class FakeProbes implements ProbedHops {
    private Set<IpAddress> dead = Set.of();
    Map<Sandbox, Hops> watched = Map.of();

    Runnable whenAsked = () -> {};

    void dead(String addresses) {
        dead = Examples.addresses(addresses);
    }

    @Override
    public void watch(Map<Sandbox, Hops> bySandbox) {
        watched = bySandbox;
    }

    @Override
    public Set<IpAddress> deadIn(Sandbox sandbox) {
        whenAsked.run();
        return dead;
    }
}
