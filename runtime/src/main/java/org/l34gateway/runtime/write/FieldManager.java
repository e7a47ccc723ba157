// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.write;

/** The name under which server-side apply remembers who owns a field (Kubernetes: at most 128 printable characters). */
public record FieldManager(String name) {
    /** @throws IllegalArgumentException when empty or too long */
    public FieldManager {
        if (name.isEmpty() || name.length() > 128) {
            throw new IllegalArgumentException("a field manager has 1..128 characters, got \"" + name + "\"");
        }
    }
}
