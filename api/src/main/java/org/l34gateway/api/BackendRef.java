// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * A Service that gets a share of a route's traffic: BackendRef of the Gateway API.
 *
 * @param namespace the route's own when absent
 * @param port accepted as the Gateway API wants it; without NAT the port of a packet never changes, so it selects nothing
 * @param weight share relative to the other backends, 0..1,000,000; 1 when absent
 */
public record BackendRef(
        @Size(max = 253) @Nullable String group,

        @Default("Service") @Size(min = 1, max = 63) @Nullable
        String kind,

        @Size(min = 1, max = 63) @Nullable String namespace,
        @Required @Size(min = 1, max = 253) String name,
        @Min(1) @Max(65535) @Nullable Integer port,
        @Default("1") @Min(0) @Max(1_000_000) @Nullable Integer weight) {}
