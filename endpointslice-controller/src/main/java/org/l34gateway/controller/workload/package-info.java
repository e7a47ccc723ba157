// SPDX-License-Identifier: Apache-2.0
/**
 * From a Gateway to the objects that run it: Deployment, ServiceAccount, bindings, PodDisruptionBudget. Start at
 * {@link org.l34gateway.controller.workload.GatewayWorkload}. No client and no clock; status is elsewhere.
 */
@NullMarked
package org.l34gateway.controller.workload;

import org.jspecify.annotations.NullMarked;
