// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.workload;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names that follow from a Gateway's name and fit where they are used. */
public final class WorkloadName {
    /** Longest label value; names of pods that follow from it get a suffix, so the Deployment's name keeps the limit too. */
    private static final int LABEL = 63;

    private static final int HASH = 8;
    private static final String PREFIX = "stateless-load-balancer-";

    private WorkloadName() {}

    /** The reference's name of the Deployment and everything beside it; longer names end in a hash of the whole name. */
    public static String of(String gatewayName) {
        return fitted(PREFIX + gatewayName);
    }

    /** Name of the ClusterRoleBinding; an RBAC name may hold colons, which no Gateway's name does. */
    static String clusterRoleBinding(String namespace, String gatewayName) {
        return "l34-gateway:" + namespace + ":" + fitted(gatewayName);
    }

    /** Whether a Gateway's name can be the value of a label, so that Services and routers can name it. */
    static boolean fitsLabel(String gatewayName) {
        return gatewayName.length() <= LABEL;
    }

    private static String fitted(String name) {
        return name.length() <= LABEL
                ? name
                // A dot or a dash before the hash's own dash would be no DNS name.
                : name.substring(0, LABEL - HASH - 1).replaceAll("[.-]+$", "") + "-" + hash(name);
    }

    /** Eight hexadecimal digits. */
    static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
