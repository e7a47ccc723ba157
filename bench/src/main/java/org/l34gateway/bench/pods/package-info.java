// SPDX-License-Identifier: Apache-2.0
/**
 * What whole pods show: what we add to their start, how soon a change is in all of them, whether one was ever Ready without
 * its VIPs, and what is left when they are gone. On a lab that is up, with the product of this repository installed. Start at
 * {@link org.l34gateway.bench.pods.PodsCommand}; each figure has a class, {@link org.l34gateway.bench.pods.Stage} is where
 * they play.
 */
@NullMarked
package org.l34gateway.bench.pods;

import org.jspecify.annotations.NullMarked;
