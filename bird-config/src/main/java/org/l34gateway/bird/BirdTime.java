// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Times as BIRD prints them: {@code 2026-11-23T07:11:44} by our time format, {@code 2026-11-23 07:11:44.094} by its own. */
final class BirdTime {
    private BirdTime() {}

    /** Of one word, or of a date and the word after it; null when it is neither (BIRD may print a time without date). */
    static @Nullable LocalDateTime parse(String word, String next) {
        LocalDateTime one = parse(word);
        return one != null ? one : parse(word + "T" + next);
    }

    private static @Nullable LocalDateTime parse(String text) {
        try {
            return LocalDateTime.parse(text);
        } catch (DateTimeParseException _) {
            return null;
        }
    }
}
