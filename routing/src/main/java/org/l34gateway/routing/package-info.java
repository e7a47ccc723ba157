// SPDX-License-Identifier: Apache-2.0
/**
 * From API objects to decisions: which Gateways, routes and routers are accepted and why not, which VIPs a Service has, which targets, and the program of a gateway pod.
 *
 * <p>Pure functions over records: no client, no clock, no logging. Every component decides with this package, so that status and kernel cannot disagree.
 */
@NullMarked
package org.l34gateway.routing;

import org.jspecify.annotations.NullMarked;
