// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import java.time.Duration;

/** Durations of the command line: {@code 500ms}, {@code 2s}, {@code 1m}. */
final class Timeouts {
    private Timeouts() {}

    /** @throws IllegalArgumentException quoting the text when it is none of these shapes or zero */
    static Duration parse(String text) {
        if (!text.matches("0*[1-9][0-9]{0,7}(ms|s|m)"))
            throw new IllegalArgumentException("a time must look like 500ms, 2s or 1m, got '" + text + "'");
        long number = Long.parseLong(text.replaceAll("[ms]+$", ""));
        if (text.endsWith("ms")) return Duration.ofMillis(number);
        return text.endsWith("s") ? Duration.ofSeconds(number) : Duration.ofMinutes(number);
    }
}
