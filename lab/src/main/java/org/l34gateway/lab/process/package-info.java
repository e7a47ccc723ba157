// SPDX-License-Identifier: Apache-2.0
/** Running programs of this machine: a command as a value, what came of it, and progress lines. Start at {@link Command}. */
@NullMarked
package org.l34gateway.lab.process;

import org.jspecify.annotations.NullMarked;
