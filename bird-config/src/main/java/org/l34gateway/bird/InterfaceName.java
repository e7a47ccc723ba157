// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.util.regex.Pattern;

/**
 * Name of a network interface. Narrower than the kernel's rule (any 1..15 bytes without slash, colon and white space):
 * only what needs no quoting in a BIRD string and means nothing in a BIRD interface pattern.
 */
public record InterfaceName(String text) {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@-]{0,14}");

    /** @throws IllegalArgumentException when the text is not such a name; the message quotes it */
    public InterfaceName {
        if (!ALLOWED.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "an interface name is 1..15 of A-Z a-z 0-9 _ . @ -, got " + PlainText.quoted(text));
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
