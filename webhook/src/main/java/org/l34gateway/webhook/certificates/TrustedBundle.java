// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import java.security.cert.X509Certificate;
import java.util.Set;

/** Where clients read which CAs they shall trust. */
interface TrustedBundle {
    /**
     * Makes clients trust exactly these, repairing what others wrote.
     *
     * @param bundle certificates, PEM
     * @return what clients are told to trust after this call, as far as we know; empty when they read nowhere
     */
    Set<X509Certificate> publish(String bundle);
}
