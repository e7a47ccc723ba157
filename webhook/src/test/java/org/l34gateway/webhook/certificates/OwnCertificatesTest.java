// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.webhook.certificates.CertificateSource.Reading;

/** Two replicas, a Secret and a MutatingWebhookConfiguration. */
class OwnCertificatesTest {
    private static final String SECRET = "/api/v1/namespaces/l34/secrets/webhook-ca";
    private static final String CONFIGURATION =
            "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/l34";
    private static final String WEBHOOKS = """
            {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
             "metadata": {"name": "l34", "labels": {"helm": "yes"}}, "futureField": {"kept": true},
             "webhooks": [
              {"name": "a", "clientConfig": {"service": {"name": "webhook", "namespace": "l34"}}},
              {"name": "b", "clientConfig": {"service": {"name": "webhook", "namespace": "elsewhere"}}},
              {"name": "c", "clientConfig": {"url": "https://example.org/", "caBundle": "Zm9v"}},
              {"name": "d", "futureField": 1, "clientConfig": {"service": {"name": "webhook", "namespace": "l34"}, "caBundle": "Zm9v"}}]}""";

    private final MovedClock clock = new MovedClock(Instant.parse("2026-01-01T00:00:00Z"));
    private FakeCluster cluster;
    private OwnCertificates one;
    private OwnCertificates two;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
        cluster.put(CONFIGURATION, WEBHOOKS);
        one = replica();
        two = replica();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private OwnCertificates replica() {
        return OwnCertificates.of(cluster.client(), "l34", "webhook", "webhook-ca", "l34", clock);
    }

    @Test
    void both_serve_what_the_bundle_trusts_with_keys_of_their_own() throws Exception {
        ServerIdentity first = read(one);
        ServerIdentity second = read(two);
        assertThat(first.key()).isNotEqualTo(second.key());
        X509Certificate ca = trusted().iterator().next();
        first.certificate().verify(ca.getPublicKey());
        second.certificate().verify(ca.getPublicKey());
    }

    @Test
    void only_webhooks_that_call_our_service_are_told() throws Exception {
        read(one);
        JsonNode after = configuration();
        assertThat(after.at("/webhooks/0/clientConfig/caBundle"))
                .isEqualTo(after.at("/webhooks/3/clientConfig/caBundle"));
        assertThat(after.at("/webhooks/1/clientConfig").has("caBundle")).isFalse();
        assertThat(after.at("/webhooks/2/clientConfig/caBundle").asText()).isEqualTo("Zm9v");
        assertThat(after.at("/futureField/kept").asBoolean()).isTrue();
        assertThat(after.at("/webhooks/3/futureField").asInt()).isEqualTo(1);
    }

    @Test
    void a_quiet_look_writes_nothing_and_keeps_the_certificate() {
        ServerIdentity first = read(one);
        int writes = cluster.writes();
        clock.move(Duration.ofDays(19));
        assertThat(read(one)).isEqualTo(first);
        assertThat(cluster.writes()).isEqualTo(writes);
    }

    @Test
    void the_loser_of_the_race_for_the_first_ca_takes_the_winners() throws Exception {
        cluster.beforeNextWrite(() -> read(two));
        ServerIdentity loser = read(one);
        assertThat(trusted()).hasSize(1);
        loser.certificate().verify(trusted().iterator().next().getPublicKey());
    }

    @Test
    void the_loser_of_the_race_for_the_second_ca_takes_the_winners() throws Exception {
        read(one);
        clock.move(Duration.ofDays(250));
        cluster.beforeNextWrite(() -> read(two));
        read(one);
        assertThat(trusted()).hasSize(2);
    }

    @Test
    void an_empty_secret_of_the_chart_is_filled_and_keeps_its_labels() {
        cluster.put(
                SECRET,
                "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"webhook-ca\",\"labels\":{\"a\":\"b\"}}}");
        read(one);
        JsonNode secret = Objects.requireNonNull(cluster.get(SECRET));
        assertThat(secret.path("data").size()).isEqualTo(2);
        assertThat(secret.at("/metadata/labels/a").asText()).isEqualTo("b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"00.crt\":\"Zm9v\",\"00.key\":\"Zm9v\"}",
                "{\"00.crt\":\"%%%\"}",
                "{\"tls.crt\":\"Zm9v\",\"x\":\"\"}"
            })
    void a_secret_that_somebody_damaged_is_written_anew(String data) throws Exception {
        cluster.put(
                SECRET,
                "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"webhook-ca\"},\"data\":" + data
                        + "}");
        read(one).certificate().verify(trusted().iterator().next().getPublicKey());
        assertThat(read(two).certificate().getIssuerX500Principal())
                .isEqualTo(read(one).certificate().getIssuerX500Principal());
    }

    @Test
    void a_bundle_that_somebody_overwrote_is_repaired() throws Exception {
        ServerIdentity before = read(one);
        cluster.put(CONFIGURATION, WEBHOOKS);
        assertThat(read(one)).isEqualTo(before);
        before.certificate().verify(trusted().iterator().next().getPublicKey());
    }

    @Test
    void a_conflict_on_the_bundle_is_settled_by_the_next_look() throws Exception {
        cluster.beforeNextWrite(() -> cluster.beforeNextWrite(() -> cluster.put(CONFIGURATION, WEBHOOKS)));
        read(one);
        assertThat(configuration().at("/webhooks/0/clientConfig").has("caBundle"))
                .isFalse();
        read(one);
        assertThat(trusted()).hasSize(1);
    }

    @Test
    void a_configuration_that_is_not_there_yet_does_not_stop_the_server() {
        OwnCertificates lonely =
                OwnCertificates.of(cluster.client(), "l34", "webhook", "webhook-ca", "not-there", clock);
        assertThat(read(lonely).notAfter()).isAfter(clock.instant());
    }

    @Test
    void a_leaf_is_renewed_after_two_thirds_of_its_life() {
        ServerIdentity first = read(one);
        clock.move(Duration.ofDays(20));
        ServerIdentity second = read(one);
        assertThat(second).isNotEqualTo(first);
        assertThat(second.notAfter()).isAfter(first.notAfter());
    }

    @Test
    void for_two_years_each_replica_serves_what_was_trusted_at_the_look_before() throws Exception {
        read(one);
        for (int day = 0; day < 2 * 365; day += 4) {
            Set<X509Certificate> before = trusted();
            clock.move(Duration.ofDays(4));
            for (OwnCertificates replica : List.of(one, two)) {
                X509Certificate served = read(replica).certificate();
                assertThat(served.getNotAfter().toInstant()).isAfter(clock.instant());
                assertThat(before).as("day %s", day).anyMatch(ca -> signed(ca, served));
            }
        }
    }

    @Test
    void after_two_years_of_sleep_the_first_look_serves_something_valid_and_trusted() throws Exception {
        read(one);
        clock.move(Duration.ofDays(800));
        ServerIdentity late = read(one);
        assertThat(late.notAfter()).isAfter(clock.instant());
        late.certificate().verify(trusted().iterator().next().getPublicKey());
    }

    private static boolean signed(X509Certificate ca, X509Certificate leaf) {
        try {
            leaf.verify(ca.getPublicKey());
            return true;
        } catch (java.security.GeneralSecurityException e) {
            return false;
        }
    }

    private static ServerIdentity read(OwnCertificates replica) {
        return switch (replica.read()) {
            case Reading.Usable(ServerIdentity identity) -> identity;
            case Reading.Waiting(String why) -> throw new AssertionError(why);
        };
    }

    private JsonNode configuration() {
        return Objects.requireNonNull(cluster.get(CONFIGURATION));
    }

    private Set<X509Certificate> trusted() throws Exception {
        String bundle = configuration().at("/webhooks/0/clientConfig/caBundle").asText();
        return Stream.of(bundle)
                .map(Base64.getDecoder()::decode)
                .map(OwnCertificatesTest::certificates)
                .findFirst()
                .orElseThrow();
    }

    private static Set<X509Certificate> certificates(byte[] pem) {
        try {
            return Set.copyOf(Pem.certificates(pem));
        } catch (org.l34gateway.api.FormatException e) {
            throw new AssertionError(e);
        }
    }
}
