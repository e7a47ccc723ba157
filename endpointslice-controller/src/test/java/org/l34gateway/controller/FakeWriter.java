// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.l34gateway.runtime.write.ClusterWriter;
import org.l34gateway.runtime.write.FieldManager;
import org.l34gateway.runtime.write.Written;

/** Remembers what was written; says what the test wants about some of it. Calls may come from several threads. */
final class FakeWriter implements ClusterWriter {
    final List<String> calls = new CopyOnWriteArrayList<>();
    Predicate<String> breaks = _ -> false;
    Predicate<String> refuses = _ -> false;
    Predicate<String> conflicts = _ -> false;
    private long version = 100;

    @Override
    public <T extends HasMetadata> Written<T> apply(T object, FieldManager manager, boolean force) {
        object.getMetadata().setResourceVersion(Long.toString(++version));
        return answer("apply", object);
    }

    @Override
    public <T extends HasMetadata> Written<T> create(T object) {
        object.getMetadata().setResourceVersion(Long.toString(++version));
        return answer("create", object);
    }

    @Override
    public <T extends HasMetadata> Written<T> applyStatus(T object, FieldManager manager, boolean force) {
        return answer("status", object);
    }

    @Override
    public <T extends HasMetadata> Written<T> delete(T object) {
        return answer("delete", object);
    }

    private <T extends HasMetadata> Written<T> answer(String verb, T object) {
        String call = verb + " " + object.getKind() + " " + object.getMetadata().getName();
        calls.add(call);
        if (breaks.test(call)) {
            throw new IllegalStateException("broken: " + call);
        }
        return conflicts.test(call)
                ? new Written.Conflict<>("moved on: " + call)
                : refuses.test(call) ? new Written.Refused<>(403, "forbidden: " + call) : new Written.Done<>(object);
    }
}
