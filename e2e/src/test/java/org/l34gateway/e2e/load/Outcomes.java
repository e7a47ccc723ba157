// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e.load;

import java.io.IOException;
import java.net.SocketTimeoutException;

/** Failures of sockets in the words of {@link Exchange#outcome()}. */
final class Outcomes {
    private Outcomes() {}

    /** Java tells errnos apart by class and English text only. */
    static String of(IOException failure) {
        String text = String.valueOf(failure.getMessage());
        if (failure instanceof SocketTimeoutException || text.contains("timed out")) {
            return Exchange.LOST;
        }
        if (text.contains("reset") || text.contains("Broken pipe")) {
            return Exchange.RESET;
        }
        return text.contains("refused") ? "refused" : text;
    }
}
