// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

/** A text of a user or of another program that is not what its format wants; the message says where and why. */
public final class FormatException extends Exception {
    public FormatException(String message) {
        super(message);
    }

    public FormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
