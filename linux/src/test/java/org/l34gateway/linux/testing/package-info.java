// SPDX-License-Identifier: Apache-2.0
/** Network namespaces for tests of any module (test-jar of {@code linux}). Start at {@link org.l34gateway.linux.testing.InScratchNetns}. */
@NullMarked
package org.l34gateway.linux.testing;

import org.jspecify.annotations.NullMarked;
