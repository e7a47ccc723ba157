// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.process;

/** A program could not be run or ended with an exit code other than 0. The message quotes the command and its complaint. */
public final class CommandFailed extends RuntimeException {
    public CommandFailed(String message) {
        super(message);
    }

    public CommandFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
