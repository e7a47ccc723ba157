// SPDX-License-Identifier: Apache-2.0
/**
 * What every long-running process of this project shares: immutable snapshots of watched objects, one reconcile loop, leader election, health and metrics endpoints, logging. No decisions about gateways.
 */
@NullMarked
package org.l34gateway.runtime;

import org.jspecify.annotations.NullMarked;
