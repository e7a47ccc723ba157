// SPDX-License-Identifier: Apache-2.0
/**
 * The controller: gateway workloads, EndpointSlices with stable identifiers, and the status of every object. Decisions are pure; what is accepted is decided in {@code routing}.
 */
@NullMarked
package org.l34gateway.controller;

import org.jspecify.annotations.NullMarked;
