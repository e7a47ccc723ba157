// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * Which packets go to which Service. All given conditions must hold; an absent or empty list means "any".
 *
 * @param parentRefs Gateways that should carry the route
 * @param backendRefs Services that get the traffic, by weight
 * @param destinationCIDRs the VIPs, single addresses and prefixes, which may be within each other
 * @param sourceCIDRs where clients may be
 * @param sourcePorts {@code "3000"}, {@code "3000-4000"} or {@code "any"}
 * @param destinationPorts as sourcePorts
 * @param protocols TCP, UDP, SCTP
 * @param priority higher wins; then the older route, then the name
 * @param byteMatches {@code proto[offset:length] (& 0xmask) = value}: tcp, udp or sctp; 1, 2 or 4 bytes of its header; the value
 *     hexadecimal with 0x, or decimal. The route takes packets of that protocol only
 */
public record L34RouteSpec(
        @Size(max = 32) List<ParentRef> parentRefs,

        @Size(max = 16)
        @ValidationRule(
                value =
                        "self.all(b, (has(b.group) && b.group != '') || (has(b.kind) && b.kind != 'Service') || has(b.port))",
                message = "a backendRef that is a Service needs a port")
        List<BackendRef> backendRefs,

        @JsonProperty("destinationCIDRs")
        @Required
        @Size(min = 1, max = 256)
        @ValidationRule(
                value = "self.all(c, isCIDR(c))",
                message = "destinationCIDRs must be CIDRs such as 20.0.0.1/32 or 2001:db8::1/128")
        List<@Size(max = 43) String> destinationCIDRs,

        @JsonProperty("sourceCIDRs")
        @Size(max = 256)
        @ValidationRule(
                value = "self.all(c, isCIDR(c))",
                message = "sourceCIDRs must be CIDRs such as 0.0.0.0/0 or 2001:db8::/32")
        List<@Size(max = 43) String> sourceCIDRs,

        @Size(max = 64)
        @ValidationRule(value = PORT_NUMBERS, message = "sourcePorts must be at most 65535 and in order")
        List<@Size(max = 11) @Pattern(PORT_TEXT) String> sourcePorts,

        @Size(max = 64)
        @ValidationRule(value = PORT_NUMBERS, message = "destinationPorts must be at most 65535 and in order")
        List<@Size(max = 11) @Pattern(PORT_TEXT) String> destinationPorts,

        @Required @Size(min = 1, max = 3) List<L34Protocol> protocols,
        @Required Integer priority,
        @Size(max = 32) List<@Size(max = 128) @Pattern(BYTE_MATCH_TEXT) String> byteMatches) {
    /** A port or a range; that the numbers are in order and small enough is said by {@link #PORT_NUMBERS}. */
    static final String PORT_TEXT = "^(any|[0-9]{1,5}(-[0-9]{1,5})?)$";

    /** That the bytes are in the header and the numbers fit is not said here. */
    static final String BYTE_MATCH_TEXT =
            "^(tcp|udp|sctp)\\[(0|[1-9][0-9]{0,4}) *: *[124]\\]( *& *0x[0-9a-fA-F]{1,8})? *= *(0x[0-9a-fA-F]{1,8}|0|[1-9][0-9]{0,9})$";

    static final String PORT_NUMBERS = "self.all(p, p == 'any' || p.split('-').all(n, int(n) <= 65535)"
            + " && int(p.split('-')[0]) <= int(p.split('-')[size(p.split('-')) - 1]))";

    public L34RouteSpec {
        parentRefs = JsonList.of(parentRefs);
        backendRefs = JsonList.of(backendRefs);
        destinationCIDRs = JsonList.of(destinationCIDRs);
        sourceCIDRs = JsonList.of(sourceCIDRs);
        sourcePorts = JsonList.of(sourcePorts);
        destinationPorts = JsonList.of(destinationPorts);
        protocols = JsonList.of(protocols);
        byteMatches = JsonList.of(byteMatches);
    }
}
