// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.l34gateway.api.FormatException;

/** Certificates and private keys as text (RFC 7468). */
final class Pem {
    private Pem() {}

    static String of(X509Certificate certificate) {
        try {
            return block("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateException e) {
            throw new IllegalArgumentException("certificate without an encoding", e);
        }
    }

    /** PKCS #8, unencrypted. */
    static String of(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    private static String block(String label, byte[] der) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
    }

    /** @throws FormatException when there is no certificate, or one that cannot be read */
    static List<X509Certificate> certificates(byte[] pem) throws FormatException {
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            for (Certificate each :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
                certificates.add((X509Certificate) each);
            }
            if (certificates.isEmpty()) {
                throw new FormatException("no certificate in the PEM text");
            }
            return certificates;
        } catch (CertificateException e) {
            throw new FormatException("not a PEM certificate: " + e.getMessage(), e);
        }
    }

    /** Reads PKCS #8, and the older forms of RSA and EC keys, which cert-manager writes by default. */
    static PrivateKey key(String pem) throws FormatException {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
            Object block = parser.readObject();
            // EC keys of openssl stand behind a block with their parameters.
            while (block != null && !(block instanceof PrivateKeyInfo) && !(block instanceof PEMKeyPair)) {
                block = parser.readObject();
            }
            return switch (block) {
                case PrivateKeyInfo info -> converter.getPrivateKey(info);
                case PEMKeyPair pair -> converter.getPrivateKey(pair.getPrivateKeyInfo());
                case null, default -> throw new FormatException("no private key in the PEM text");
            };
        } catch (IOException | RuntimeException e) {
            // The cause may quote the text, which is a secret: only its kind is told. Bouncy Castle's parser throws
            // unchecked exceptions of many kinds for bad ASN.1.
            throw new FormatException("not a PEM private key (" + e.getClass().getSimpleName() + ")");
        }
    }
}
