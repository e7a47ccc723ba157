// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.io.IOException;

/** BIRD did not answer: not started yet, just restarting, stopped, or too slow. Ask again later. */
public final class BirdUnreachableException extends IOException {
    BirdUnreachableException(String message) {
        super(message);
    }

    BirdUnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
