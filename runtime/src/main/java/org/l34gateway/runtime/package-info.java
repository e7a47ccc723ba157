// SPDX-License-Identifier: Apache-2.0
/**
 * What every long-running process of this project shares. This package itself is empty; one idea per package below it:
 * {@code process} (start, stop, connection to the cluster), {@code snapshot} (what the cluster says, as immutable
 * lists), {@code loop} (when to reconcile), {@code write} (server-side apply and events), {@code leader} (who may
 * write), {@code health} (endpoint for probes and metrics). No decisions about gateways anywhere here.
 *
 * <p>A process is: {@code Daemon.main} → {@code ClusterConnection.open} → {@code ClusterWatch.start} with a
 * {@code ReconcileLoop}'s trigger → the reconciler takes a {@code Snapshot}, decides, and writes through
 * {@code ClusterWriter}.
 */
@NullMarked
package org.l34gateway.runtime;

import org.jspecify.annotations.NullMarked;
