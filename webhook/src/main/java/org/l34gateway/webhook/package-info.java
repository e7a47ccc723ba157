// SPDX-License-Identifier: Apache-2.0
/**
 * The mutating admission webhook: gives pods their attachments and the readiness gate when they are created. What they
 * are is decided in {@code attachments}. Start at {@link org.l34gateway.webhook.WebhookMain}, which wires the packages
 * below: {@code admission} (bytes in, patch out), {@code certificates} (what the server shows), {@code server} (Vert.x).
 */
@NullMarked
package org.l34gateway.webhook;

import org.jspecify.annotations.NullMarked;
