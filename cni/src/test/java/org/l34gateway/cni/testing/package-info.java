// SPDX-License-Identifier: Apache-2.0
/** Builds and drives a plugin's executable; used by the plugins' builds and tests (test-jar of {@code cni}). */
@NullMarked
package org.l34gateway.cni.testing;

import org.jspecify.annotations.NullMarked;
