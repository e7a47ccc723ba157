// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a TLS server shows and holds.
 *
 * @param chain the server's own certificate first; all but a root that the client has anyway
 * @param key belongs to the first certificate
 */
public record ServerIdentity(List<X509Certificate> chain, PrivateKey key) {
    /**
     * Checks that both belong together.
     *
     * @throws IllegalArgumentException when the chain is empty or the key belongs to another certificate
     */
    public ServerIdentity {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("no certificate");
        }
        if (!isPair(chain.getFirst(), key)) {
            throw new IllegalArgumentException("the key does not belong to the certificate of "
                    + chain.getFirst().getSubjectX500Principal());
        }
    }

    public X509Certificate certificate() {
        return chain.getFirst();
    }

    public Instant notAfter() {
        return certificate().getNotAfter().toInstant();
    }

    public String chainPem() {
        StringBuilder pem = new StringBuilder();
        chain.forEach(certificate -> pem.append(Pem.of(certificate)));
        return pem.toString();
    }

    /** PKCS #8, unencrypted: for the TLS engine, not to be written anywhere. */
    public String keyPem() {
        return Pem.of(key);
    }

    /** Two thirds of a life: the time from which a successor is made. */
    static Instant renewalTime(X509Certificate certificate) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant to = certificate.getNotAfter().toInstant();
        return from.plus(Duration.between(from, to).multipliedBy(2).dividedBy(3));
    }

    /** Names the certificate in logs without showing anything that is secret. */
    @Override
    public String toString() {
        return "serial " + certificate().getSerialNumber().toString(16) + " until " + notAfter();
    }

    static boolean isPair(X509Certificate certificate, PrivateKey key) {
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        };
        byte[] probe = "does this key belong to that certificate".getBytes(StandardCharsets.UTF_8);
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(probe);
            byte[] signature = signer.sign();
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(certificate.getPublicKey());
            verifier.update(probe);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            // Key and certificate of different kinds end here.
            return false;
        }
    }
}
