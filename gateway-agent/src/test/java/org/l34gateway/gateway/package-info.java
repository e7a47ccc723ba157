// SPDX-License-Identifier: Apache-2.0
/** Tests of the agent: decisions as rows, the order of its actions with fakes of the kernel and of BIRD. */
@NullMarked
package org.l34gateway.gateway;

import org.jspecify.annotations.NullMarked;
