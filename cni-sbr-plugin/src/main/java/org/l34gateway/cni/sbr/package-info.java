// SPDX-License-Identifier: Apache-2.0
/**
 * The CNI plugin {@code policy-route}: rules {@code from VIP}, a routing table with a multipath default route, and the
 * sysctls of a pod's network namespace. Start at {@link org.l34gateway.cni.sbr.RouteAttachment}; what is decided is in
 * {@code RoutePlan}. Addresses are the other plugin's.
 */
@NullMarked
package org.l34gateway.cni.sbr;

import org.jspecify.annotations.NullMarked;
