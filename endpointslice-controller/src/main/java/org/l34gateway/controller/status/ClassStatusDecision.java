// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClassBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.l34gateway.routing.GatewayKind;
import org.l34gateway.routing.Reasons;
import org.l34gateway.routing.Verdict;

/** Status of GatewayClasses that name one of our controllers. */
public final class ClassStatusDecision {
    /** Conditions of a GatewayClass (Gateway API v1). */
    private static final String SUPPORTED_VERSION = "SupportedVersion";

    private static final String UNSUPPORTED_VERSION = "UnsupportedVersion";
    private static final String UNSUPPORTED = "Unsupported";

    private ClassStatusDecision() {}

    /**
     * The status to write, as an object to apply; empty when the class is not ours or says all of it already.
     *
     * @param bundleVersion annotation of the installed Gateway API, such as {@code v1.6.3}; null when unknown
     */
    public static Optional<GatewayClass> decide(GatewayClass present, @Nullable String bundleVersion, Instant now) {
        GatewayKind kind = GatewayKind.ofController(present.getSpec().getControllerName());
        if (kind == GatewayKind.FOREIGN) {
            return Optional.empty();
        }
        @Nullable
        List<Condition> before =
                present.getStatus() == null ? null : present.getStatus().getConditions();
        Verdict accepted = kind == GatewayKind.NAT
                ? Verdict.no(UNSUPPORTED, "Gateways with NAT are not supported yet")
                : Verdict.yes(Reasons.ACCEPTED);
        List<Condition> wanted = new Conditions(present, before, now)
                .add(Reasons.ACCEPTED, accepted)
                .add(SUPPORTED_VERSION, version(bundleVersion))
                .list();
        return Conditions.said(before, wanted)
                ? Optional.empty()
                : Optional.of(new GatewayClassBuilder()
                        .withNewMetadata()
                        .withName(present.getMetadata().getName())
                        .endMetadata()
                        .withNewStatus()
                        .withConditions(wanted)
                        .endStatus()
                        .build());
    }

    private static Verdict version(@Nullable String bundleVersion) {
        return bundleVersion != null && bundleVersion.startsWith("v1.")
                ? Verdict.yes(SUPPORTED_VERSION)
                : Verdict.no(
                        UNSUPPORTED_VERSION,
                        "the installed Gateway API is " + (bundleVersion == null ? "of unknown version" : bundleVersion)
                                + ", supported is v1");
    }
}
