// SPDX-License-Identifier: Apache-2.0
/** The subcommands of {@code ./l34}: they read arguments, call {@link org.l34gateway.lab.Labs} or Maven, and print. */
@NullMarked
package org.l34gateway.lab.command;

import org.jspecify.annotations.NullMarked;
