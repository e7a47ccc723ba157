// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * How to reach and talk to an outside router.
 *
 * @param address of the router, IPv4 or IPv6 without zone
 * @param interfaceName name of the interface in the gateway pod (JSON: {@code interface})
 * @param protocol BGP when absent
 */
@ValidationRule(value = "!(has(self.bgp) && has(self.static))", message = "bgp and static exclude each other")
@ValidationRule(
        value = "!has(self.static) || (has(self.protocol) && self.protocol == 'Static')",
        message = "static needs protocol Static")
@ValidationRule(
        value = "!has(self.bgp) || !has(self.protocol) || self.protocol == 'BGP'",
        message = "bgp needs protocol BGP")
public record GatewayRouterSpec(
        @Required
        @Size(min = 2, max = 39)
        @ValidationRule(value = "isIP(self)", message = "address must be an IPv4 or IPv6 address")
        String address,

        @JsonProperty("interface") @Required @Pattern("^[^/:\\s]{1,15}$")
        String interfaceName,

        @Default("BGP") @Nullable Protocol protocol,
        @Nullable Bgp bgp,
        @JsonProperty("static") @Nullable StaticRouting staticRouting) {

    /** Gateway API duration (GEP-2257), extended by microseconds: {@code 300ms}, {@code 1m30s}. */
    static final String DURATION = "^([0-9]{1,5}(h|m|s|ms|us)){1,4}$";

    /** How routes are exchanged with the router. */
    public enum Protocol {
        BGP,
        /** Accepted and reported as not supported yet. */
        @JsonProperty("Static")
        STATIC
    }

    /**
     * BGP-4 (RFC 4271) with the router.
     *
     * @param localASN 0..4294967295 (RFC 6793); 8103 when absent
     * @param remoteASN 4248829953 when absent
     * @param localPort TCP port, 10179 when absent
     * @param remotePort TCP port, 10179 when absent
     * @param holdTime whole seconds, at least 3 s, or 0s for never; 3 s when absent
     */
    public record Bgp(
            @JsonProperty("localASN") @Min(0) @Max(4294967295L) @Nullable
            Long localASN,

            @JsonProperty("remoteASN") @Min(0) @Max(4294967295L) @Nullable
            Long remoteASN,

            @Min(1) @Max(65535) @Nullable Integer localPort,
            @Min(1) @Max(65535) @Nullable Integer remotePort,
            @Pattern(DURATION) @Nullable String holdTime,
            @Nullable Bfd bfd,
            @Nullable Auth auth) {}

    /**
     * TCP MD5 (RFC 2385): accepted and reported as not supported yet.
     *
     * @param keyName key inside the Secret
     * @param keySource name of the Secret
     */
    public record Auth(@Nullable String keyName, @Nullable String keySource) {}

    /** Static routing: accepted and reported as not supported yet. */
    public record StaticRouting(@Nullable Bfd bfd) {}

    /**
     * BFD (RFC 5880) beside the protocol.
     *
     * @param enabled JSON: {@code switch}; off when absent
     * @param minTx desired min TX interval
     * @param minRx required min RX interval
     * @param multiplier detection multiplier, 1..255
     */
    public record Bfd(
            @JsonProperty("switch") @Nullable Boolean enabled,
            @Pattern(DURATION) @Nullable String minTx,
            @Pattern(DURATION) @Nullable String minRx,
            @Min(1) @Max(255) @Nullable Integer multiplier) {}
}
