// SPDX-License-Identifier: Apache-2.0
/**
 * What a gateway pod must do, decided from one snapshot of the cluster and one look at kernel and BIRD. Start at
 * {@link org.l34gateway.gateway.plan.Wanted}. Pure: no client, no socket, no clock.
 */
@NullMarked
package org.l34gateway.gateway.plan;

import org.jspecify.annotations.NullMarked;
