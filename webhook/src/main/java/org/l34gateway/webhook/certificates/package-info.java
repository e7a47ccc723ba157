// SPDX-License-Identifier: Apache-2.0
/**
 * The certificate that the server shows: from files that someone else fills
 * ({@link org.l34gateway.webhook.certificates.MountedCertificates}), or from a CA of our own that all replicas share
 * ({@link org.l34gateway.webhook.certificates.OwnCertificates}). When to make, publish, use and drop a CA is decided in
 * {@link org.l34gateway.webhook.certificates.Authorities}, on values and a given time. No HTTP here.
 */
@NullMarked
package org.l34gateway.webhook.certificates;

import org.jspecify.annotations.NullMarked;
