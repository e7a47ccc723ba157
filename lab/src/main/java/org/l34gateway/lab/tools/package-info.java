// SPDX-License-Identifier: Apache-2.0
/**
 * The programs of others that a cluster consists of, built from pinned Go modules and kept outside the repository. Start at
 * {@link Tools}.
 */
@NullMarked
package org.l34gateway.lab.tools;

import org.jspecify.annotations.NullMarked;
