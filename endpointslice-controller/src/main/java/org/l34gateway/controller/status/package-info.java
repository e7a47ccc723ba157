// SPDX-License-Identifier: Apache-2.0
/**
 * What users read: conditions of classes, Gateways, routes and routers. Start at
 * {@link org.l34gateway.controller.status.GatewayStatusDecision}. No client; times are given.
 */
@NullMarked
package org.l34gateway.controller.status;

import org.jspecify.annotations.NullMarked;
