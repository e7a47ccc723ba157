// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e.load;

import java.util.List;
import java.util.function.Consumer;

/** Each run takes the next of several, round and round. */
final class Round<T> implements Runnable {
    private final List<T> all;
    private final Consumer<T> step;
    private int next;

    Round(List<T> all, Consumer<T> step) {
        this.all = List.copyOf(all);
        this.step = step;
    }

    @Override
    public void run() {
        step.accept(all.get(next));
        next = (next + 1) % all.size();
    }
}
