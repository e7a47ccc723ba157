// SPDX-License-Identifier: Apache-2.0
/**
 * BIRD 2.0.12 in a gateway pod: its configuration as records ({@link org.l34gateway.bird.BirdConfiguration}), their text,
 * and a client of its control socket. Start at {@link org.l34gateway.bird.RunningBird}.
 *
 * <p>Knows no Kubernetes and no kernel. Whoever wants a neighbour builds a
 * {@link org.l34gateway.bird.BgpNeighbour}; what BIRD could not take does not pass the constructors.
 */
@NullMarked
package org.l34gateway.bird;

import org.jspecify.annotations.NullMarked;
