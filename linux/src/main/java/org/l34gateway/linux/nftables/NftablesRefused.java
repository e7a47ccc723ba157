// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

/** libnftables or the kernel refused commands; nothing of them was done. The message quotes libnftables' own words. */
public final class NftablesRefused extends RuntimeException {
    private static final int QUOTED = 2_000;

    private final String commands;
    private final String explanation;

    NftablesRefused(String commands, String explanation) {
        super("nftables: " + shortened(explanation) + " in:\n" + shortened(commands));
        this.commands = commands;
        this.explanation = explanation;
    }

    /** What was asked for, complete. */
    public String commands() {
        return commands;
    }

    /** libnftables' words, with line and column of each mistake, complete. */
    public String explanation() {
        return explanation;
    }

    private static String shortened(String text) {
        return text.length() <= QUOTED
                ? text.strip()
                : text.substring(0, QUOTED).strip() + "…";
    }
}
