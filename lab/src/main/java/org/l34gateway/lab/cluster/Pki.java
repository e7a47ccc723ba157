// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.cluster;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificates of one cluster, as files NAME.crt and NAME.key (PEM) in one folder, all signed by one authority that lives
 * as long as this object: nobody can sign more of them later, except the controller manager, which gets ca.key.
 */
public final class Pki {
    private static final Duration VALID = Duration.ofDays(365);

    private final Path folder;
    private final SecureRandom dice = new SecureRandom();
    private final KeyPair authorityKey;
    private final X500Name authorityName = new X500Name("CN=l34-lab-ca");

    /** Makes the authority (ca.crt, ca.key) and the key of service account tokens (sa.key, sa.pub). */
    public Pki(Path folder) throws IOException {
        this.folder = folder;
        authorityKey = newKey();
        var builder = builder(authorityName, authorityKey);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(
                Extension.keyUsage,
                true,
                new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature));
        write("ca", sign(builder), authorityKey);
        KeyPair tokens = newKey();
        secret("sa.key", pem("PRIVATE KEY", tokens.getPrivate().getEncoded()));
        secret("sa.pub", pem("PUBLIC KEY", tokens.getPublic().getEncoded()));
    }

    /**
     * Makes NAME.crt and NAME.key, for servers and clients.
     *
     * @param subject distinguished name; the API server reads O as group and CN as user
     * @param alternatives names ({@code DNS:…}) and addresses ({@code IP:…}) that a server answers to
     */
    public void issue(String name, String subject, List<String> alternatives) throws IOException {
        KeyPair key = newKey();
        var builder = builder(new X500Name(subject), key);
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
            KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
        }));
        if (!alternatives.isEmpty()) {
            var names = new ArrayList<GeneralName>();
            for (String alternative : alternatives) {
                String value = alternative.substring(alternative.indexOf(':') + 1);
                names.add(new GeneralName(
                        alternative.startsWith("IP:") ? GeneralName.iPAddress : GeneralName.dNSName, value));
            }
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
        }
        write(name, sign(builder), key);
    }

    public Path certificate(String name) {
        return folder.resolve(name + ".crt");
    }

    public Path key(String name) {
        return folder.resolve(name + ".key");
    }

    private X509v3CertificateBuilder builder(X500Name subject, KeyPair key) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                authorityName,
                new BigInteger(120, dice).add(BigInteger.ONE),
                Date.from(now.minus(Duration.ofMinutes(5))),
                Date.from(now.plus(VALID)),
                subject,
                key.getPublic());
    }

    private X509Certificate sign(X509v3CertificateBuilder builder) {
        try {
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKey.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("a certificate could not be signed", e);
        }
    }

    private void write(String name, X509Certificate certificate, KeyPair key) throws IOException {
        try {
            Files.writeString(certificate(name), pem("CERTIFICATE", certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a fresh certificate can not be encoded", e);
        }
        secret(name + ".key", pem("PRIVATE KEY", key.getPrivate().getEncoded()));
    }

    private void secret(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.deleteIfExists(path);
        Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(path, text);
    }

    private static KeyPair newKey() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }

    private static String pem(String kind, byte[] content) {
        var base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        return "-----BEGIN " + kind + "-----\n" + base64.encodeToString(content) + "\n-----END " + kind + "-----\n";
    }
}
