// SPDX-License-Identifier: Apache-2.0
/** Tests of the BIRD configuration and of the client; the real BIRD judges texts and answers. */
@NullMarked
package org.l34gateway.bird;

import org.jspecify.annotations.NullMarked;
