// SPDX-License-Identifier: Apache-2.0
/** Tests of the agent's decisions, and the objects that they decide about. */
@NullMarked
package org.l34gateway.gateway.plan;

import org.jspecify.annotations.NullMarked;
