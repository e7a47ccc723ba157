// SPDX-License-Identifier: Apache-2.0
/**
 * The mutating admission webhook: gives pods their attachments and the readiness gate when they are created. What they are is decided in {@code attachments}.
 */
@NullMarked
package org.l34gateway.webhook;

import org.jspecify.annotations.NullMarked;
