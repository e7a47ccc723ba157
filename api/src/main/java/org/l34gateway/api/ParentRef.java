// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * A Gateway that a route wants to be attached to: ParentReference of the Gateway API.
 *
 * @param namespace the route's own when absent
 * @param sectionName name of a listener; all listeners when absent
 * @param port port of a listener, 1..65535; all ports when absent
 */
public record ParentRef(
        @Default("gateway.networking.k8s.io") @Size(max = 253) @Nullable
        String group,

        @Default("Gateway") @Size(min = 1, max = 63) @Nullable
        String kind,

        @Size(min = 1, max = 63) @Nullable String namespace,
        @Required @Size(min = 1, max = 253) String name,
        @Size(min = 1, max = 253) @Nullable String sectionName,
        @Min(1) @Max(65535) @Nullable Integer port) {}
