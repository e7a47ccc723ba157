// SPDX-License-Identifier: Apache-2.0
/**
 * The shell of a process: version line, ordered stop on SIGTERM, connection to the cluster. Start at
 * {@link org.l34gateway.runtime.process.Daemon}.
 */
@NullMarked
package org.l34gateway.runtime.process;

import org.jspecify.annotations.NullMarked;
