// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

import java.util.List;

/** Versions of the CNI specification that our plugins speak, oldest first. */
public enum CniVersion {
    V0_1_0("0.1.0"),
    V0_2_0("0.2.0"),
    /** Results have interfaces from here on. */
    V0_3_0("0.3.0"),
    V0_3_1("0.3.1"),
    /** CHECK from here on. */
    V0_4_0("0.4.0"),
    V1_0_0("1.0.0"),
    /** GC and STATUS from here on. */
    V1_1_0("1.1.0");

    private final String text;

    CniVersion(String text) {
        this.text = text;
    }

    /** Every version as text. */
    public static List<String> all() {
        return List.of(V0_1_0.text, V0_2_0.text, V0_3_0.text, V0_3_1.text, V0_4_0.text, V1_0_0.text, V1_1_0.text);
    }

    /**
     * The version of a configuration; one without {@code cniVersion} is of the first.
     *
     * @throws CniError {@link CniError#INCOMPATIBLE_VERSION}
     */
    static CniVersion of(String text) {
        for (CniVersion version : values()) {
            if (version.text.equals(text.isEmpty() ? "0.1.0" : text)) {
                return version;
            }
        }
        throw new CniError(
                CniError.INCOMPATIBLE_VERSION,
                "incompatible CNI versions",
                "config is \"" + text + "\", plugin supports " + all());
    }

    boolean isAtLeast(CniVersion other) {
        return compareTo(other) >= 0;
    }

    @Override
    public String toString() {
        return text;
    }
}
