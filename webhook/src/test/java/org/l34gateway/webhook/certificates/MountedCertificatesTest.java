// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.webhook.certificates.CertificateSource.Reading;

class MountedCertificatesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Authority CA = Authority.create(NOW);

    @TempDir
    Path mount;

    @Test
    void says_which_file_is_missing() {
        assertThat(new MountedCertificates(mount).read())
                .isEqualTo(new Reading.Waiting(mount.resolve("tls.crt") + " is missing"));
    }

    @Test
    void follows_the_swaps_of_the_kubelet() throws IOException {
        ServerIdentity first = CA.issue(List.of("a"), NOW);
        ServerIdentity second = CA.issue(List.of("a"), NOW);
        publish("..2026_01", first.chainPem(), first.keyPem());
        assertThat(new MountedCertificates(mount).read()).isEqualTo(new Reading.Usable(first));
        publish("..2026_02", second.chainPem(), second.keyPem());
        assertThat(new MountedCertificates(mount).read()).isEqualTo(new Reading.Usable(second));
    }

    @Test
    void reads_ec_keys_in_the_form_of_rfc_5915() throws Exception {
        ServerIdentity identity = CA.issue(List.of("a"), NOW);
        BigInteger secret = ((java.security.interfaces.ECPrivateKey) identity.key()).getS();
        byte[] der = new ECPrivateKey(256, secret, SECObjectIdentifiers.secp256r1).getEncoded();
        publish("..1", identity.chainPem(), pem(new PemObject("EC PRIVATE KEY", der)));
        // That the key belongs to it is checked by ServerIdentity; its encoding may carry more than the original's.
        assertThat(new MountedCertificates(mount).read())
                .isInstanceOfSatisfying(
                        Reading.Usable.class,
                        usable -> assertThat(usable.identity().chain()).isEqualTo(identity.chain()));
    }

    @Test
    void reads_rsa_keys_in_the_form_that_cert_manager_writes_by_default() throws Exception {
        KeyPair pair = rsa();
        X500Principal name = new X500Principal("CN=a");
        X509Certificate certificate = new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                name,
                                BigInteger.ONE,
                                Date.from(NOW),
                                Date.from(NOW.plusSeconds(60)),
                                name,
                                pair.getPublic())
                        .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate())));
        publish("..1", Pem.of(certificate), pem(pair.getPrivate()));
        assertThat(new MountedCertificates(mount).read())
                .isEqualTo(new Reading.Usable(new ServerIdentity(List.of(certificate), pair.getPrivate())));
    }

    @Test
    void a_key_of_another_certificate_is_not_shown() throws IOException {
        publish(
                "..1",
                CA.issue(List.of("a"), NOW).chainPem(),
                CA.issue(List.of("a"), NOW).keyPem());
        assertThat(new MountedCertificates(mount).read()).isInstanceOf(Reading.Waiting.class);
    }

    @Test
    void rubbish_is_not_shown_and_not_quoted() throws Exception {
        String rsa = pem(rsa().getPrivate());
        for (String key : List.of("", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", rsa)) {
            publish("..k" + key.length(), CA.issue(List.of("a"), NOW).chainPem(), key);
            assertThat(new MountedCertificates(mount).read())
                    .isInstanceOfSatisfying(
                            Reading.Waiting.class,
                            waiting -> assertThat(waiting.why()).doesNotContain("AAAA"));
        }
        publish("..c", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", rsa);
        assertThat(new MountedCertificates(mount).read()).isInstanceOf(Reading.Waiting.class);
    }

    private static KeyPair rsa() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static String pem(Object key) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(key);
        }
        return text.toString();
    }

    /** As the kubelet does: a new folder, and a link that is renamed over the old one. */
    private void publish(String version, String certificate, String key) throws IOException {
        Path folder = Files.createDirectory(mount.resolve(version));
        Files.writeString(folder.resolve("tls.crt"), certificate);
        Files.writeString(folder.resolve("tls.key"), key);
        Path link = Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of(version));
        Files.move(link, mount.resolve("..data"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
