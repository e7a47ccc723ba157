// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The life of CAs, on a clock that is moved by hand. */
class AuthoritiesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration ROTATION = Authority.LIFE.multipliedBy(2).dividedBy(3);
    private static final Authority OLD = Authority.create(START);
    private static final Authority NEW = Authority.create(START.plus(ROTATION));

    /**
     * One moment.
     *
     * @param after the old CA was made
     * @param stored before
     * @param kept how many of them are stored afterwards
     * @param made how many are new
     */
    record Row(String name, Duration after, List<Authority> stored, int kept, int made) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        Duration retired = ROTATION.plus(Authorities.PUBLISHING).plus(Authority.LEAF_LIFE);
        return Stream.of(
                new Row("the first start makes one", Duration.ZERO, List.of(), 0, 1),
                new Row("a young one stays alone", Duration.ofDays(1), List.of(OLD), 1, 0),
                new Row("before two thirds nothing happens", ROTATION.minusHours(1), List.of(OLD), 1, 0),
                new Row("after two thirds a second one is made", ROTATION.plusHours(1), List.of(OLD), 1, 1),
                new Row("a clock that is behind makes none", Duration.ofDays(-1), List.of(OLD), 1, 0),
                new Row(
                        "two stay while the old one's leaves may live",
                        retired.minusSeconds(1),
                        List.of(OLD, NEW),
                        2,
                        0),
                new Row("the old one goes when they are dead", retired, List.of(OLD, NEW), 1, 0),
                new Row("an expired one is replaced", Authority.LIFE.plusDays(1), List.of(OLD), 0, 1),
                new Row("in its last second it is replaced too", Authority.LIFE, List.of(OLD), 0, 1),
                new Row("all expired: one new", Authority.LIFE.multipliedBy(3), List.of(OLD, NEW), 0, 1));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void rotates(Row row) {
        Authorities before = new Authorities(row.stored());
        Authorities after = before.at(START.plus(row.after()));
        assertThat(after.list().stream().filter(before.list()::contains)).hasSize(row.kept());
        assertThat(after.list()).hasSize(row.kept() + row.made());
        assertThat(after.at(START.plus(row.after()))).as("a second look").isEqualTo(after);
    }

    @Test
    void a_new_ca_signs_only_after_clients_had_time_to_read_it_and_were_told() {
        Authorities both = new Authorities(List.of(NEW, OLD));
        Instant published = NEW.createdAt().plus(Authorities.PUBLISHING);
        assertThat(both.signer(published.minusSeconds(1), certificates(OLD, NEW)))
                .contains(OLD);
        assertThat(both.signer(published, certificates(OLD))).contains(OLD);
        assertThat(both.signer(published, certificates(OLD, NEW))).contains(NEW);
    }

    @Test
    void the_only_valid_ca_signs_whatever_clients_were_told() {
        assertThat(new Authorities(List.of(OLD)).signer(START, Set.of())).contains(OLD);
        Instant oldIsDead = OLD.notAfter().plusSeconds(1);
        assertThat(new Authorities(List.of(OLD, NEW)).signer(oldIsDead, Set.of()))
                .contains(NEW);
        assertThat(new Authorities(List.of(OLD)).signer(oldIsDead, Set.of())).isEmpty();
    }

    @Test
    void through_three_years_every_leaf_in_use_is_signed_by_a_ca_that_clients_already_knew() {
        Authorities anHourAgo = Authorities.NONE.at(START);
        int rotations = 0;
        for (int hour = 1; hour < 3 * 365 * 24; hour++) {
            Instant now = START.plus(Duration.ofHours(hour));
            Authorities present = anHourAgo.at(now);
            rotations += anHourAgo.list().containsAll(present.list()) ? 0 : 1;
            Authority signer = present.signer(now, certificates(present.list().toArray(new Authority[0])))
                    .orElseThrow();
            assertThat(anHourAgo.list()).as("known an hour before %s", now).contains(signer);
            assertThat(signer.notAfter()).isAfter(now);
            anHourAgo = present;
        }
        assertThat(rotations).isEqualTo(4);
    }

    private static Set<X509Certificate> certificates(Authority... authorities) {
        return Stream.of(authorities).map(Authority::certificate).collect(Collectors.toSet());
    }
}
