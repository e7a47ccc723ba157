// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

/** Where the server's certificate comes from. */
@FunctionalInterface
public interface CertificateSource {
    /** Looks, and does what is due: may read files and ask the API server. Calls never overlap. */
    Reading read();

    /** What a look came to. */
    sealed interface Reading {
        /** The certificate to show from now on, the same as before unless it was renewed. */
        record Usable(ServerIdentity identity) implements Reading {}

        /** None now; whoever shows one goes on showing it. */
        record Waiting(String why) implements Reading {}
    }
}
