// SPDX-License-Identifier: Apache-2.0
/**
 * The endpoint for probes and metrics: {@code /healthz}, {@code /readyz}, {@code /metrics}. Start at
 * {@link org.l34gateway.runtime.health.HealthEndpoint}. What is healthy is said by the named checks that others add.
 */
@NullMarked
package org.l34gateway.runtime.health;

import org.jspecify.annotations.NullMarked;
