// SPDX-License-Identifier: Apache-2.0
/** Tests of the package of this name. */
@NullMarked
package org.l34gateway.webhook.server;

import org.jspecify.annotations.NullMarked;
