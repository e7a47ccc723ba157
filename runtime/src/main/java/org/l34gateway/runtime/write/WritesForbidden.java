// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.write;

/** A write was tried without the right to write; the run must end, the leader goes on. */
public final class WritesForbidden extends RuntimeException {
    public WritesForbidden(String what) {
        super("not the leader, so nothing is written: " + what);
    }
}
