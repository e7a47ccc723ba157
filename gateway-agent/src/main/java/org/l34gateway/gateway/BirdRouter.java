// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.Report;
import org.l34gateway.bird.BgpNeighbour;
import org.l34gateway.bird.BirdConfiguration;
import org.l34gateway.bird.BirdControl;
import org.l34gateway.bird.BirdStatus;
import org.l34gateway.bird.BirdUnreachableException;
import org.l34gateway.bird.Reconfiguration;
import org.l34gateway.gateway.plan.AgentIdentity;
import org.l34gateway.gateway.plan.Problems;
import org.l34gateway.gateway.plan.RouterView;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** BIRD, in the container beside this one. A neighbour that it refuses is left out and reported, the others go on. */
final class BirdRouter implements Router {
    private static final Logger LOG = LoggerFactory.getLogger(BirdRouter.class);

    private final AgentIdentity identity;
    private final Configurator configurator;
    private final BirdControl control;
    private final IpAddress routerId;
    private @Nullable BirdConfiguration asked;
    private @Nullable BirdConfiguration inEffect;
    private @Nullable LocalDateTime started;
    private List<Report.Problem> problems = List.of();

    /** {@link org.l34gateway.bird.RunningBird#apply}. */
    @FunctionalInterface
    interface Configurator {
        Reconfiguration apply(BirdConfiguration configuration) throws BirdUnreachableException;
    }

    BirdRouter(AgentIdentity identity, Configurator configurator, BirdControl control) {
        this.identity = identity;
        this.configurator = configurator;
        this.control = control;
        this.routerId = BirdConfiguration.routerId(identity.podUid());
    }

    @Override
    public void configure(List<BgpNeighbour> neighbours, SortedSet<IpPrefix> vips) {
        BirdConfiguration wanted = new BirdConfiguration(routerId, List.copyOf(vips), neighbours);
        if (wanted.equals(asked)) {
            return;
        }
        List<Report.Problem> found = new ArrayList<>();
        try {
            BirdConfiguration taken = applyWhatBirdTakes(wanted, found);
            if (taken != null) {
                LOG.info(
                        "bird neighbours={} vips={} refused={}",
                        taken.neighbours().size(),
                        taken.vips(),
                        found.size());
                asked = wanted;
                inEffect = taken;
            }
        } catch (BirdUnreachableException e) {
            asked = null;
            found.add(aboutBird("RouterUnreachable", String.valueOf(e.getMessage())));
        }
        problems = List.copyOf(found);
    }

    /** Null when BIRD took nothing; what it refused is added to {@code found}. */
    private @Nullable BirdConfiguration applyWhatBirdTakes(BirdConfiguration wanted, List<Report.Problem> found)
            throws BirdUnreachableException {
        BirdConfiguration candidate = wanted;
        while (true) {
            switch (configurator.apply(candidate)) {
                case Reconfiguration.Done _, Reconfiguration.UnderWay _ -> {
                    return candidate;
                }
                case Reconfiguration.ShuttingDown _ -> {
                    found.add(aboutBird("RouterUnreachable", "BIRD is shutting down"));
                    return null;
                }
                case Reconfiguration.Refused refused -> {
                    BgpNeighbour culprit = candidate.neighbourAt(refused.line());
                    if (culprit == null) {
                        found.add(aboutBird("RouterRefused", refused.message()));
                        return null;
                    }
                    found.add(Problems.aboutRouter(culprit.name(), "Invalid", "BIRD: " + refused.message()));
                    candidate = candidate.without(culprit);
                }
            }
        }
    }

    @Override
    public RouterView look() {
        try {
            BirdStatus status = control.status();
            if (started != null && !started.equals(status.started())) {
                // A BIRD that was started anew read the file on its own; asking once more makes sure that it is this
                // one.
                asked = null;
            }
            started = status.started();
            BirdConfiguration known = inEffect;
            return new RouterView(
                    known == null ? List.of() : known.neighbours(),
                    known == null ? new TreeSet<>() : new TreeSet<>(known.vips()),
                    control.sessions(),
                    control.bfdSessions(),
                    control.learnedDefaultRoutes(),
                    problems);
        } catch (BirdUnreachableException e) {
            asked = null;
            return RouterView.silent(List.of(aboutBird("RouterUnreachable", String.valueOf(e.getMessage()))));
        }
    }

    private Report.Problem aboutBird(String reason, String message) {
        Report.ObjectRef gateway = new Report.ObjectRef(identity.namespace(), identity.gatewayName(), "");
        return Problems.aboutGateway(gateway, reason, message);
    }
}
