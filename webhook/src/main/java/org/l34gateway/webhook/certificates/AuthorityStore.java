// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import org.jspecify.annotations.Nullable;

/** Where replicas keep the CAs that they share. Methods throw the store's own unchecked exceptions when it is down. */
interface AuthorityStore {
    Stored read();

    /**
     * Writes over exactly what was read.
     *
     * @return false when someone else was faster, and nothing was written
     */
    boolean write(Stored over, Authorities authorities);

    /**
     * What is in the store.
     *
     * @param authorities none when there is nothing, or nothing that can be read
     * @param version of the store's entry; null when there is no entry
     */
    record Stored(Authorities authorities, @Nullable String version) {}
}
