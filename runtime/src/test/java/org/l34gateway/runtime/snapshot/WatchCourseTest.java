// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.runtime.loop.Backoff;

class WatchCourseTest {
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2), new SplittableRandom(7));
    private static final WatchCourse WATCHING = WatchCourse.start().listed();

    record Row(WatchEnd end, boolean relist, long leastMillis, long mostMillis) {}

    static Stream<Row> rows() {
        return Stream.of(
                new Row(new WatchEnd.Closed(), false, 0, 0),
                new Row(new WatchEnd.Expired(), true, 0, 0),
                new Row(new WatchEnd.Deaf(), true, 0, 0),
                new Row(new WatchEnd.Superseded(), true, 0, 0),
                new Row(new WatchEnd.Rewound(), true, 0, 0),
                new Row(new WatchEnd.NotServed(), true, 15_000, 15_000),
                new Row(new WatchEnd.Refused(504, "Too large resource version"), true, 50, 100),
                new Row(new WatchEnd.Unreachable("Connection refused"), false, 50, 100));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void the_first_end_of_a_good_watch(Row row) {
        WatchCourse next = WATCHING.after(row.end(), BACKOFF);
        assertThat(next.relist()).isEqualTo(row.relist());
        assertThat(next.pause().toMillis()).isBetween(row.leastMillis(), row.mostMillis());
    }

    @Test
    void every_kind_of_end_has_a_row() {
        assertThat(rows().map(row -> row.end().getClass().getName()).toList())
                .containsExactlyInAnyOrderElementsOf(Stream.of(WatchEnd.class.getPermittedSubclasses())
                        .map(Class::getName)
                        .toList());
    }

    @Test
    void a_server_that_closes_time_and_again_is_asked_ever_more_slowly_until_something_is_heard() {
        WatchCourse course = WATCHING;
        for (int i = 0; i < 12; i++) {
            course = course.after(new WatchEnd.Closed(), BACKOFF);
        }
        assertThat(course.pause()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(course.heard().after(new WatchEnd.Closed(), BACKOFF).pause()).isZero();
    }

    @Test
    void a_lost_list_stays_wanted_while_the_server_is_away() {
        WatchCourse expired = WATCHING.after(new WatchEnd.Expired(), BACKOFF);
        assertThat(expired.after(new WatchEnd.Unreachable("refused"), BACKOFF).relist())
                .isTrue();
    }
}
