// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.webhook.certificates.AuthorityStore.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates without cert-manager: replicas share CAs in a Secret, tell the API server to trust them, and each makes
 * its own server certificate, whose key never leaves the process.
 */
public final class OwnCertificates implements CertificateSource {
    private static final Logger LOG = LoggerFactory.getLogger(OwnCertificates.class);
    /** Replicas that start together race for the first CA; each round has a winner. */
    private static final int ROUNDS = 10;

    private final AuthorityStore store;
    private final TrustedBundle trust;
    private final List<String> dnsNames;
    private final InstantSource clock;
    private @Nullable ServerIdentity present;

    OwnCertificates(AuthorityStore store, TrustedBundle trust, List<String> dnsNames, InstantSource clock) {
        this.store = store;
        this.trust = trust;
        this.dnsNames = List.copyOf(dnsNames);
        this.clock = clock;
    }

    /**
     * For the replicas behind one Service.
     *
     * @param secret name of the Secret that the replicas share
     * @param configuration name of the MutatingWebhookConfiguration that calls the Service
     */
    public static OwnCertificates of(
            KubernetesClient client,
            String namespace,
            String service,
            String secret,
            String configuration,
            InstantSource clock) {
        String dnsName = service + "." + namespace + ".svc";
        return new OwnCertificates(
                new SecretAuthorityStore(client, namespace, secret),
                new WebhookConfigurationBundle(client, configuration, namespace, service),
                List.of(dnsName, dnsName + ".cluster.local"),
                clock);
    }

    @Override
    public Reading read() {
        Instant now = clock.instant();
        Authorities authorities = authorities(now);
        Set<X509Certificate> trusted = trust.publish(authorities.bundle());
        Authority signer = authorities
                .signer(now, trusted)
                .orElseThrow(() -> new IllegalStateException("every stored CA has expired at " + now));
        ServerIdentity identity = present;
        if (identity == null || !stillGood(identity, signer, now)) {
            identity = signer.issue(dnsNames, now);
            LOG.info("issued certificate={} signer={}", identity, signer);
            present = identity;
        }
        return new Reading.Usable(identity);
    }

    private static boolean stillGood(ServerIdentity identity, Authority signer, Instant now) {
        X509Certificate certificate = identity.certificate();
        return now.isBefore(ServerIdentity.renewalTime(certificate))
                && !now.isBefore(certificate.getNotBefore().toInstant())
                && signer.signed(certificate);
    }

    private Authorities authorities(Instant now) {
        for (int round = 0; round < ROUNDS; round++) {
            Stored stored = store.read();
            Authorities wanted = stored.authorities().at(now);
            if (wanted.equals(stored.authorities())) {
                return wanted;
            }
            if (store.write(stored, wanted)) {
                LOG.info("stored authorities={}", wanted.list());
                return wanted;
            }
        }
        throw new IllegalStateException("others changed the CA Secret " + ROUNDS + " times in a row");
    }
}
