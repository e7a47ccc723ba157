// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import java.nio.file.Path;

/** Configurations of networks, as runtimes and Multus hand them to plugins. */
final class Configs {
    /** What the plugin before in the chain has said. */
    private static final String PREVIOUS = """
            "prevResult": {"cniVersion": "1.0.0",
              "interfaces": [{"name": "net1", "mac": "02:00:00:00:00:01", "sandbox": "NETNS"}],
              "ips": [{"interface": 0, "address": "%s", "gateway": "%s"}]}
            """.formatted(Pod.ADDRESS, Pod.GATEWAY);

    private Configs() {}

    /** Two VIPs, one of each family. */
    static String vips(Path records) {
        return config("loopback-vip", """
                "dataDir": "%s",
                "args": {"cni": {"vips": ["20.0.0.1/32", "2000::1/128"]}}
                """.formatted(records));
    }

    /** One VIP by way of one gateway pod. */
    static String policyRoutes(Path records) {
        return config("policy-route", """
                "dataDir": "%s",
                "args": {"cni": {"policyRoutes": [{"srcPrefix": "20.0.0.1/32"}], "gateways": ["%s"]}},
                %s""".formatted(records, Pod.GATEWAY, PREVIOUS));
    }

    static String sbr() {
        return config("sbr", PREVIOUS);
    }

    /** One sysctl. */
    static String tuning() {
        return config("tuning", "\"sysctl\": {\"net.ipv4.conf.all.arp_announce\": \"2\"},\n" + PREVIOUS);
    }

    static String loopback() {
        return """
                {"cniVersion": "1.0.0", "name": "bench", "type": "loopback"}
                """;
    }

    private static String config(String type, String more) {
        return "{\"cniVersion\": \"1.0.0\", \"name\": \"bench\", \"type\": \"" + type + "\",\n" + more + "}\n";
    }
}
