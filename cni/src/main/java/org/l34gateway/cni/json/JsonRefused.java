// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.json;

/** The text is not JSON as we read it; the message says what is wrong and where. */
public final class JsonRefused extends RuntimeException {
    JsonRefused(String why, int at) {
        super(why + " at character " + at);
    }
}
