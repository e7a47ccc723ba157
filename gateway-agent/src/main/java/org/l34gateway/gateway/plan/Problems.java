// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.Report;

/** Problems of this pod, in the words of conditions. */
public final class Problems {
    /** Reports list their problems in one order, so that equal problems make equal reports. */
    static final Comparator<Report.Problem> ORDER = Comparator.comparing(Report.Problem::kind)
            .thenComparing(Report.Problem::namespace, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Report.Problem::name)
            .thenComparing(Report.Problem::reason)
            .thenComparing(Report.Problem::message);

    private Problems() {}

    /** One that concerns all that the Gateway does in this pod. */
    public static Report.Problem aboutGateway(Report.ObjectRef gateway, String reason, String message) {
        return new Report.Problem("Gateway", gateway.namespace(), gateway.name(), reason, message);
    }

    /** One that concerns a router only; {@code name} is that of its neighbour, {@code namespace/name}. */
    public static Report.Problem aboutRouter(String name, String reason, String message) {
        int slash = name.indexOf('/');
        @Nullable String namespace = slash < 0 ? null : name.substring(0, slash);
        return new Report.Problem("GatewayRouter", namespace, name.substring(slash + 1), reason, message);
    }
}
