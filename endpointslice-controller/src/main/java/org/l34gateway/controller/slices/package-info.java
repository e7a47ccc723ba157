// SPDX-License-Identifier: Apache-2.0
/**
 * From Services and pods to EndpointSlices: who is an endpoint, which identifier it owns, which VIPs it may get packets
 * for. Start at {@link org.l34gateway.controller.slices.ServiceSlices}. No client and no clock.
 */
@NullMarked
package org.l34gateway.controller.slices;

import org.jspecify.annotations.NullMarked;
