// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

/** A sandbox could not be read or changed; the message says what was tried and why not. */
public final class SandboxRefused extends RuntimeException {
    /** @param what was tried, and where */
    public SandboxRefused(String what, RuntimeException cause) {
        super(what + ": " + cause.getMessage(), cause);
    }
}
