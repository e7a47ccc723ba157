// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench;

import java.util.Locale;

/** How figures are written. */
public enum Output {
    /** A line for each. */
    TEXT,
    /** {@link Figures#json}. */
    JSON,
    /** {@link Figures#markdown}. */
    MARKDOWN;

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
