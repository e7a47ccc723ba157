// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

/** An answer other than success, with a code of the CNI specification (section "Error") or of our own (100 and up). */
public final class CniError extends RuntimeException {
    public static final int INCOMPATIBLE_VERSION = 1;
    public static final int UNKNOWN_CONTAINER = 3;
    public static final int INVALID_ENVIRONMENT = 4;
    public static final int IO_FAILURE = 5;
    public static final int DECODING_FAILURE = 6;
    public static final int INVALID_CONFIGURATION = 7;
    /** Not in the specification's text but in its reference library: CNI_NETNS is no namespace to work in. */
    public static final int INVALID_NETNS = 8;

    public static final int TRY_AGAIN = 11;
    /** Ours: the kernel refused a change. */
    public static final int KERNEL_REFUSED = 100;
    /** Ours: CHECK found the kernel different from the record. */
    public static final int DIFFERS = 101;

    public static final int INTERNAL = 999;

    private final int code;
    private final String details;

    public CniError(int code, String message) {
        this(code, message, "");
    }

    /** With details, which may be longer; empty for none. */
    public CniError(int code, String message, String details) {
        super(message);
        this.code = code;
        this.details = details;
    }

    public int code() {
        return code;
    }

    public String details() {
        return details;
    }

    String message() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
