// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A CA of our own: an ECDSA P-256 key with a self-signed certificate that may sign server certificates and nothing else.
 */
record Authority(X509Certificate certificate, PrivateKey key) {
    static final Duration LIFE = Duration.ofDays(365);
    static final Duration LEAF_LIFE = Duration.ofDays(30);
    /** Certificates are valid from a little before they were made: clocks of a cluster differ. */
    static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

    private static final SecureRandom RANDOM = new SecureRandom();

    Authority {
        if (!ServerIdentity.isPair(certificate, key)) {
            throw new IllegalArgumentException("the key does not belong to the CA certificate");
        }
    }

    static Authority create(Instant now) {
        BigInteger serial = serial();
        // A name of its own, so that a client which trusts two of them finds the right one at once.
        X500Principal name = new X500Principal("CN=l34-gateway webhook CA " + serial.toString(16));
        KeyPair pair = keyPair();
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder builder = builder(name, serial, now, now.plus(LIFE), name, pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            identifiers.createSubjectKeyIdentifier(pair.getPublic()));
            return new Authority(sign(builder, pair.getPrivate()), pair.getPrivate());
        } catch (GeneralSecurityException | CertIOException e) {
            throw new IllegalStateException("this JVM cannot make a CA", e);
        }
    }

    /**
     * A new key with a certificate for a server, valid for {@link #LEAF_LIFE} but no longer than this CA.
     *
     * @param dnsNames at least one; the first is also the subject
     */
    ServerIdentity issue(List<String> dnsNames, Instant now) {
        KeyPair pair = keyPair();
        Instant end = now.plus(LEAF_LIFE).isBefore(notAfter()) ? now.plus(LEAF_LIFE) : notAfter();
        GeneralName[] names = dnsNames.stream()
                .map(dns -> new GeneralName(GeneralName.dNSName, dns))
                .toArray(GeneralName[]::new);
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            X500Principal subject = new X500Principal("CN=" + dnsNames.getFirst());
            X509v3CertificateBuilder builder = builder(
                            certificate.getSubjectX500Principal(), serial(), now, end, subject, pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(
                            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                    .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names))
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            identifiers.createAuthorityKeyIdentifier(certificate.getPublicKey()))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            identifiers.createSubjectKeyIdentifier(pair.getPublic()));
            return new ServerIdentity(List.of(sign(builder, key)), pair.getPrivate());
        } catch (GeneralSecurityException | CertIOException e) {
            throw new IllegalStateException("this JVM cannot make a certificate", e);
        }
    }

    /** The time at which it was made. */
    Instant createdAt() {
        return certificate.getNotBefore().toInstant().plus(CLOCK_SKEW);
    }

    Instant notAfter() {
        return certificate.getNotAfter().toInstant();
    }

    /** Names it in Secrets and logs; unique. */
    String serialText() {
        return certificate.getSerialNumber().toString(16);
    }

    boolean signed(X509Certificate leaf) {
        try {
            leaf.verify(certificate.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "CA " + serialText() + " until " + notAfter();
    }

    private static X509v3CertificateBuilder builder(
            X500Principal issuer, BigInteger serial, Instant now, Instant end, X500Principal subject, PublicKey key) {
        return new JcaX509v3CertificateBuilder(
                issuer, serial, Date.from(now.minus(CLOCK_SKEW)), Date.from(end), subject, key);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no P-256", e);
        }
    }

    /** Positive, 127 random bits, at most 20 octets (RFC 5280 §4.1.2.2). */
    private static BigInteger serial() {
        return new BigInteger(127, RANDOM).setBit(126);
    }
}
