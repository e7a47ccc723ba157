// SPDX-License-Identifier: Apache-2.0
/**
 * The HTTPS edge, and the only place where Vert.x and its {@code Future}s live. Start at
 * {@link org.l34gateway.webhook.server.AdmissionServer}. What a request is answered with is decided in
 * {@code admission}, which certificate is shown in {@code certificates}.
 */
@NullMarked
package org.l34gateway.webhook.server;

import org.jspecify.annotations.NullMarked;
