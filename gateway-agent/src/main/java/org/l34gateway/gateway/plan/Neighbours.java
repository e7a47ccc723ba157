// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.Report;
import org.l34gateway.bird.AutonomousSystem;
import org.l34gateway.bird.Bfd;
import org.l34gateway.bird.BgpEnd;
import org.l34gateway.bird.BgpNeighbour;
import org.l34gateway.bird.HoldTime;
import org.l34gateway.bird.InterfaceName;
import org.l34gateway.routing.BgpSession;
import org.l34gateway.routing.RouterDecision;

/**
 * GatewayRouters as BIRD's neighbours.
 *
 * @param taken in the order of the decisions; no two have one address on one interface
 * @param problems of those that are left out, while the others go on
 */
record Neighbours(List<BgpNeighbour> taken, List<Report.Problem> problems) {
    Neighbours {
        taken = List.copyOf(taken);
        problems = List.copyOf(problems);
    }

    static Neighbours of(List<RouterDecision> decisions) {
        List<BgpNeighbour> taken = new ArrayList<>();
        List<Report.Problem> problems = new ArrayList<>();
        Map<Object, String> byPlace = new HashMap<>();
        for (RouterDecision decision : decisions) {
            BgpSession session = decision.session();
            if (session == null) {
                continue; // The condition Accepted says why, from the same decision.
            }
            try {
                BgpNeighbour neighbour = neighbour(nameOf(decision.router()), session);
                String first = byPlace.putIfAbsent(List.of(neighbour.address(), neighbour.link()), neighbour.name());
                if (first == null) {
                    taken.add(neighbour);
                } else {
                    problems.add(Problems.aboutRouter(
                            neighbour.name(),
                            "Conflicted",
                            "GatewayRouter " + first + " has the same address and interface"));
                }
            } catch (IllegalArgumentException e) {
                problems.add(
                        Problems.aboutRouter(nameOf(decision.router()), "Invalid", String.valueOf(e.getMessage())));
            }
        }
        return new Neighbours(taken, problems);
    }

    /** Name of a neighbour: {@code namespace/name} of its GatewayRouter. */
    static String nameOf(GatewayRouter router) {
        return router.getMetadata().getNamespace() + "/" + router.getMetadata().getName();
    }

    private static BgpNeighbour neighbour(String name, BgpSession session) {
        return new BgpNeighbour(
                name,
                session.address(),
                new InterfaceName(session.interfaceName()),
                new BgpEnd(session.localPort(), new AutonomousSystem(session.localAsn())),
                new BgpEnd(session.remotePort(), new AutonomousSystem(session.remoteAsn())),
                HoldTime.of(session.holdTime()),
                bfd(session.bfd()));
    }

    private static Bfd bfd(BgpSession.@Nullable Bfd bfd) {
        return bfd == null ? new Bfd.Off() : new Bfd.On(bfd.minRx(), bfd.minTx(), bfd.multiplier());
    }
}
