// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists of the API as records hold them: unmodifiable, and empty where the JSON has none. */
final class JsonList {
    private JsonList() {}

    /** A copy; null, which is what an absent list arrives as, becomes empty. */
    static <T> List<T> of(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }
}
