// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.attachments;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The CNI interface names of our attachments. No interface has them; they are the key by which Multus and the
 * attachment records tell attachments apart, so they follow from the Gateway alone and stay when its VIPs change.
 */
final class InterfaceName {
    /** Kernel: IFNAMSIZ - 1. */
    private static final int LENGTH = 15;

    private InterfaceName() {}

    /** {@code PREFIX} and as many hexadecimal digits of the hash of {@code NAMESPACE/NAME} as fit 15 characters. */
    static String of(String prefix, String gatewayNamespace, String gatewayName) {
        String hash = String.format(Locale.ROOT, "%016x", fnv1a(gatewayNamespace + "/" + gatewayName));
        return prefix + hash.substring(hash.length() - (LENGTH - prefix.length()));
    }

    /** FNV-1a, 64 bits (RFC 9923). */
    private static long fnv1a(String text) {
        long hash = 0xcbf29ce484222325L;
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (octet & 0xFF)) * 0x100000001b3L;
        }
        return hash;
    }
}
