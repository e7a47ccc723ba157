// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class DaemonTest {
    private final List<String> trace = Collections.synchronizedList(new ArrayList<>());

    @Test
    void parts_stop_in_the_reverse_order_and_one_that_fails_does_not_keep_the_others() {
        int code = new Daemon("test").run(List.of("--flag"), (daemon, arguments) -> {
            trace.addAll(arguments);
            daemon.with("watch", () -> trace.add("watch"));
            daemon.with("broken", () -> {
                throw new IllegalStateException("will not stop");
            });
            daemon.with("loop", () -> trace.add("loop"));
            daemon.stop();
        });
        assertThat(trace).containsExactly("--flag", "loop", "watch");
        assertThat(code).isZero();
    }

    @Test
    void a_body_that_throws_stops_what_it_started_and_ends_with_an_error() {
        int code = new Daemon("test").run(List.of(), (daemon, _) -> {
            daemon.with("watch", () -> trace.add("watch"));
            throw new IllegalStateException("no such port");
        });
        assertThat(trace).containsExactly("watch");
        assertThat(code).isEqualTo(1);
    }

    @Test
    void a_part_that_fails_later_ends_the_process() {
        int code = new Daemon("test").run(List.of(), (daemon, _) -> {
            daemon.with("watch", () -> trace.add("watch"));
            Thread.ofVirtual().start(() -> daemon.fail(new IllegalStateException("lost")));
        });
        assertThat(trace).containsExactly("watch");
        assertThat(code).isEqualTo(1);
    }

    @Test
    void an_error_that_ends_a_thread_ends_the_process() {
        int code = new Daemon("test")
                .run(List.of(), (daemon, _) -> thatThrows(daemon, new NoSuchMethodError("from a newer jar")));
        assertThat(code).isEqualTo(1);
    }

    @Test
    void an_exception_that_ends_a_thread_is_only_told() {
        int code = new Daemon("test").run(List.of(), (daemon, _) -> {
            thatThrows(daemon, new IllegalStateException("of a library's own thread"));
            daemon.stop();
        });
        assertThat(code).isZero();
    }

    private static void thatThrows(Daemon daemon, Throwable why) throws InterruptedException {
        Thread thread =
                Thread.ofPlatform().uncaughtExceptionHandler(daemon::uncaught).start(() -> throwIt(why));
        thread.join();
    }

    /** As the compiler does not let a thread's body throw what it did not declare. */
    private static void throwIt(Throwable why) {
        switch (why) {
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            default -> throw new IllegalArgumentException(why);
        }
    }

    @Test
    void the_build_wrote_the_version() {
        assertThat(Version.current().text()).matches("\\d+\\.\\d+\\.\\d+.*");
    }
}
