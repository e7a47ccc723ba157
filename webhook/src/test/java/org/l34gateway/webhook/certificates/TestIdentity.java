// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import java.time.Instant;
import java.util.List;

/** A server's identity that is valid now, with the CA that signed it. */
public record TestIdentity(ServerIdentity identity, String bundle) {
    public static TestIdentity of(String dnsName) {
        Authority ca = Authority.create(Instant.now());
        return new TestIdentity(ca.issue(List.of(dnsName), Instant.now()), Pem.of(ca.certificate()));
    }
}
