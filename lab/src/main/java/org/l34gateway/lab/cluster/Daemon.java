// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.cluster;

import java.util.List;

/**
 * A program that runs as long as the lab.
 *
 * @param host where it runs
 * @param name of its log and process id file; unique on its host
 * @param words program and arguments
 */
public record Daemon(String host, String name, List<String> words) {
    public Daemon {
        words = List.copyOf(words);
    }

    /** How {@code lab logs} names it: {@code cp/apiserver}. */
    public String component() {
        return host + "/" + name;
    }
}
