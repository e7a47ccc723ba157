// SPDX-License-Identifier: Apache-2.0
/**
 * The agent of a gateway pod: wires the cluster, the load balancer and BIRD, in the order that loses nothing. Decisions live in {@code routing}, actions in {@code load-balancer} and {@code bird-config}.
 */
@NullMarked
package org.l34gateway.gateway;

import org.jspecify.annotations.NullMarked;
