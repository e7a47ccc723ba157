// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was worked out in the round before, so that a round costs what has changed. What nobody asks for in a round is
 * forgotten at its end.
 */
final class Kept<K, V> {
    private Map<K, Entry<V>> before = new HashMap<>();
    private Map<K, Entry<V>> now = new HashMap<>();

    private record Entry<V>(Object from, V value) {}

    /**
     * The value of a key.
     *
     * @param from what the value depends on; the one before is taken when this is equal
     * @param work works it out. A result that equals the one before is exchanged for that, so that what depends on it is kept, too
     */
    V get(K key, Object from, Supplier<V> work) {
        @Nullable Entry<V> known = now.get(key);
        if (known == null) {
            known = before.get(key);
        }
        if (known == null || !known.from().equals(from)) {
            V value = work.get();
            known = new Entry<>(from, known != null && known.value().equals(value) ? known.value() : value);
        }
        now.put(key, known);
        return known.value();
    }

    void endRound() {
        before = now;
        now = new HashMap<>();
    }
}
