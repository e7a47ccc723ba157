// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.GatewayRouterSpec;
import org.l34gateway.ip.IpAddress;

/**
 * What becomes of a GatewayRouter.
 *
 * @param router the object
 * @param accepted condition Accepted
 * @param session what gateway pods run; null when not accepted
 */
public record RouterDecision(
        GatewayRouter router, Verdict accepted, @Nullable BgpSession session) {
    private static final Pattern DURATION_PART = Pattern.compile("([0-9]{1,5})(h|ms|m|us|s)");

    static RouterDecision of(GatewayRouter router) {
        GatewayRouterSpec spec = router.getSpec();
        if (spec.protocol() == GatewayRouterSpec.Protocol.STATIC) {
            return refused(router, Reasons.NOT_SUPPORTED, "spec.protocol Static is not supported yet");
        }
        GatewayRouterSpec.Bgp bgp = Optional.ofNullable(spec.bgp())
                .orElse(new GatewayRouterSpec.Bgp(null, null, null, null, null, null, null));
        if (bgp.auth() != null) {
            // A session without the key that was asked for would be weaker than its author meant.
            return refused(router, Reasons.NOT_SUPPORTED, "spec.bgp.auth is not supported yet");
        }
        try {
            return new RouterDecision(router, Verdict.yes(Reasons.ACCEPTED), session(router, spec, bgp));
        } catch (IllegalArgumentException e) {
            return refused(router, Reasons.INVALID, "spec: " + e.getMessage());
        }
    }

    private static RouterDecision refused(GatewayRouter router, String reason, String message) {
        return new RouterDecision(router, Verdict.no(reason, message), null);
    }

    private static BgpSession session(GatewayRouter router, GatewayRouterSpec spec, GatewayRouterSpec.Bgp bgp) {
        return new BgpSession(
                router.getMetadata().getName(),
                IpAddress.parse(spec.address()),
                spec.interfaceName(),
                Optional.ofNullable(bgp.localASN()).orElse(BgpSession.DEFAULT_LOCAL_ASN),
                Optional.ofNullable(bgp.remoteASN()).orElse(BgpSession.DEFAULT_REMOTE_ASN),
                Optional.ofNullable(bgp.localPort()).orElse(BgpSession.DEFAULT_PORT),
                Optional.ofNullable(bgp.remotePort()).orElse(BgpSession.DEFAULT_PORT),
                Optional.ofNullable(bgp.holdTime())
                        .map(text -> duration("bgp.holdTime", text))
                        .orElse(BgpSession.DEFAULT_HOLD_TIME),
                bfd(bgp.bfd()));
    }

    private static BgpSession.@Nullable Bfd bfd(GatewayRouterSpec.@Nullable Bfd bfd) {
        if (bfd == null || bfd.enabled() == null || !bfd.enabled()) {
            return null;
        }
        return new BgpSession.Bfd(
                bfd.minTx() == null ? null : duration("bgp.bfd.minTx", bfd.minTx()),
                bfd.minRx() == null ? null : duration("bgp.bfd.minRx", bfd.minRx()),
                bfd.multiplier());
    }

    /** Gateway API duration (GEP-2257), extended by microseconds. */
    static Duration duration(String field, String text) {
        Duration sum = Duration.ZERO;
        Matcher part = DURATION_PART.matcher(text);
        int at = 0;
        while (part.find() && part.start() == at) {
            long count = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "h" -> Duration.ofHours(count);
                        case "m" -> Duration.ofMinutes(count);
                        case "s" -> Duration.ofSeconds(count);
                        case "ms" -> Duration.ofMillis(count);
                        default -> Duration.ofNanos(count * 1_000);
                    });
            at = part.end();
        }
        if (at == 0 || at != text.length()) {
            throw new IllegalArgumentException(field + ": \"" + text + "\" is no duration such as 300ms or 1m30s");
        }
        return sum;
    }
}
