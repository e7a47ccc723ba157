// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The CAs that all replicas share, oldest first. A new one is made after two thirds of the newest one's life; it is
 * trusted at once, signs only after {@link #PUBLISHING}, and the older ones are dropped when nothing that they signed
 * can be valid any more. So at no time does a replica show a certificate whose CA an API server does not know yet.
 */
record Authorities(List<Authority> list) {
    /** Between the moment in which clients are told to trust a CA and its first signature. */
    static final Duration PUBLISHING = Duration.ofHours(1);

    static final Authorities NONE = new Authorities(List.of());

    Authorities {
        list = list.stream()
                .sorted(Comparator.comparing(Authority::createdAt).thenComparing(Authority::serialText))
                .toList();
    }

    /** What must be stored at {@code now}; equal to this when nothing changes. */
    Authorities at(Instant now) {
        List<Authority> kept = new ArrayList<>(
                list.stream().filter(each -> each.notAfter().isAfter(now)).toList());
        if (kept.isEmpty()
                || !now.isBefore(ServerIdentity.renewalTime(kept.getLast().certificate()))) {
            kept.add(Authority.create(now));
        }
        Authority newest = kept.getLast();
        boolean olderOnesAreDone =
                !now.isBefore(newest.createdAt().plus(PUBLISHING).plus(Authority.LEAF_LIFE));
        return new Authorities(olderOnesAreDone ? List.of(newest) : kept);
    }

    /**
     * Who signs at {@code now}: the newest that was published for long enough and that clients trust as far as we can
     * see, else the oldest that is valid. Empty only when every CA has expired.
     *
     * @param trusted certificates in the caBundle as it was last read
     */
    Optional<Authority> signer(Instant now, Set<java.security.cert.X509Certificate> trusted) {
        List<Authority> valid =
                list.stream().filter(each -> each.notAfter().isAfter(now)).toList();
        return valid.reversed().stream()
                .filter(each -> !now.isBefore(each.createdAt().plus(PUBLISHING)))
                .filter(each -> trusted.contains(each.certificate()))
                .findFirst()
                .or(() -> valid.stream().findFirst());
    }

    /** All certificates, PEM: the caBundle. */
    String bundle() {
        StringBuilder pem = new StringBuilder();
        list.forEach(each -> pem.append(Pem.of(each.certificate())));
        return pem.toString();
    }
}
