// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values that stay as long as somebody holds them. Those whose keys are equal are one. */
final class Shared<K, V> {
    private final Map<K, Held<V>> held = new HashMap<>();

    private static final class Held<V> {
        private final V value;
        private int holders;

        Held(V value) {
            this.value = value;
        }
    }

    /**
     * One more holds it.
     *
     * @return whether it came with that
     */
    boolean hold(K key, V value) {
        return held.computeIfAbsent(key, _ -> new Held<>(value)).holders++ == 0;
    }

    /**
     * One less holds it.
     *
     * @return whether it went with that
     * @throws IllegalStateException when nobody holds it
     */
    boolean release(K key) {
        Held<V> one = held.get(key);
        if (one == null) {
            throw new IllegalStateException("nobody holds " + key);
        }
        one.holders--;
        return one.holders == 0 && held.remove(key) != null;
    }

    @Nullable
    V get(K key) {
        Held<V> one = held.get(key);
        return one == null ? null : one.value;
    }

    boolean contains(K key) {
        return held.containsKey(key);
    }

    /** A view. */
    Set<K> keys() {
        return Collections.unmodifiableSet(held.keySet());
    }
}
