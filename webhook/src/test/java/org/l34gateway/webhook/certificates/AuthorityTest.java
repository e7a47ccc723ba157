// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.FormatException;

class AuthorityTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<String> NAMES = List.of("webhook.l34.svc", "webhook.l34.svc.cluster.local");

    @Test
    void a_ca_may_sign_certificates_and_nothing_else() throws Exception {
        X509Certificate ca = Authority.create(NOW).certificate();
        assertThat(ca.getBasicConstraints()).as("path length").isZero();
        assertThat(ca.getKeyUsage()).containsExactly(false, false, false, false, false, true, true, false, false);
        assertThat(ca.getExtendedKeyUsage()).isNull();
        assertThat(((ECPublicKey) ca.getPublicKey()).getParams().getOrder().bitLength())
                .isEqualTo(256);
        assertThat(ca.getNotAfter().toInstant()).isEqualTo(NOW.plus(Authority.LIFE));
    }

    @Test
    void a_leaf_is_a_server_of_these_names_and_no_ca() throws Exception {
        X509Certificate leaf = Authority.create(NOW).issue(NAMES, NOW).certificate();
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getKeyUsage()).containsExactly(true, false, false, false, false, false, false, false, false);
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(leaf.getSubjectAlternativeNames().stream().map(name -> (String) name.get(1)))
                .containsExactlyElementsOf(NAMES);
        assertThat(leaf.getNotBefore().toInstant()).isEqualTo(NOW.minus(Authority.CLOCK_SKEW));
        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(NOW.plus(Authority.LEAF_LIFE));
    }

    @Test
    void a_leaf_does_not_outlive_its_ca() {
        Authority ca = Authority.create(NOW);
        Instant late = NOW.plus(Authority.LIFE).minus(Duration.ofDays(3));
        assertThat(ca.issue(NAMES, late).notAfter()).isEqualTo(ca.notAfter());
    }

    @Test
    void the_jdk_builds_the_path_to_the_right_one_of_two_cas() throws Exception {
        Authority one = Authority.create(NOW);
        Authority two = Authority.create(NOW);
        X509Certificate leaf = two.issue(NAMES, NOW).certificate();
        assertThat(one.signed(leaf)).isFalse();
        assertThat(two.signed(leaf)).isTrue();
        validate(leaf, one.certificate(), two.certificate());
        assertThatThrownBy(() -> validate(leaf, one.certificate())).isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void pem_texts_survive_a_round_trip() throws FormatException {
        Authority ca = Authority.create(NOW);
        byte[] pem = Pem.of(ca.certificate()).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        assertThat(new Authority(Pem.certificates(pem).getFirst(), Pem.key(Pem.of(ca.key()))))
                .isEqualTo(ca);
    }

    @Test
    void a_key_of_another_certificate_is_refused() {
        Authority one = Authority.create(NOW);
        Authority two = Authority.create(NOW);
        assertThatThrownBy(() -> new Authority(one.certificate(), two.key()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ServerIdentity(List.of(one.certificate()), two.key()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @SuppressWarnings("JavaUtilDate") // PKIXParameters speaks it
    private static void validate(X509Certificate leaf, X509Certificate... anchors) throws GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(Set.of(anchors).stream()
                .map(anchor -> new TrustAnchor(anchor, null))
                .collect(java.util.stream.Collectors.toSet()));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(NOW));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)), parameters);
    }
}
