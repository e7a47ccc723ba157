// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Watcher;
import java.util.List;

/** Where a {@link KindWatch} gets its objects: the API server, or a test. */
interface ObjectSource<T extends HasMetadata> {
    /** What a list came to. */
    sealed interface Listing<T> {
        record Listed<T>(List<T> objects, String resourceVersion) implements Listing<T> {}

        record Failed<T>(WatchEnd end) implements Listing<T> {}
    }

    /** What a request to watch came to. */
    sealed interface Watching {
        record Open(Runnable closer) implements Watching {}

        record Failed(WatchEnd end) implements Watching {}
    }

    /** Called from the source's threads, one call at a time. */
    interface Sink<T> {
        void event(Watcher.Action action, T object);

        /** At most once; no event follows. */
        void end(WatchEnd end);
    }

    Listing<T> list();

    /** As {@link #list()}, but one object at most: for the version. */
    Listing<T> peek();

    Watching watch(String resourceVersion, Sink<T> sink);
}
