// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpPrefix;

class UnwantedTest {
    private static final Claim CLAIM = new Claim("uid", AttachmentKey.of(Examples.BLUE), IpPrefix.parse("20.0.0.1"));
    private static final long START = Long.MAX_VALUE - 3; // tickers may overflow

    private static long at(int seconds) {
        return START + TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void patience_lasts_ten_seconds_from_the_first_look() {
        Unwanted unwanted = Unwanted.NONE.seen(Set.of(CLAIM), at(0)).seen(Set.of(CLAIM), at(9));
        assertThat(unwanted.isOver(CLAIM, at(9))).isFalse();
        assertThat(unwanted.nextEnd(at(9))).hasValue(TimeUnit.SECONDS.toNanos(1));
        assertThat(unwanted.isOver(CLAIM, at(10))).isTrue();
        assertThat(unwanted.nextEnd(at(10))).isEmpty();
    }

    @Test
    void what_is_wanted_in_between_starts_anew() {
        Unwanted unwanted =
                Unwanted.NONE.seen(Set.of(CLAIM), at(0)).seen(Set.of(), at(5)).seen(Set.of(CLAIM), at(6));
        assertThat(unwanted.isOver(CLAIM, at(12))).isFalse();
        assertThat(unwanted.isOver(CLAIM, at(16))).isTrue();
    }

    @Test
    void what_was_never_seen_is_not_over() {
        assertThat(Unwanted.NONE.isOver(CLAIM, at(100))).isFalse();
    }
}
