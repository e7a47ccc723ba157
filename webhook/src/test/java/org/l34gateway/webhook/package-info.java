// SPDX-License-Identifier: Apache-2.0
/** Tests of what the process wires together. */
@NullMarked
package org.l34gateway.webhook;

import org.jspecify.annotations.NullMarked;
