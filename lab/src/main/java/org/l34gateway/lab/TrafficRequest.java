// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import java.util.List;
import java.util.Locale;
import org.l34gateway.lab.host.Host;
import org.l34gateway.lab.process.Command;

/**
 * Traffic from an outside router to a VIP.
 *
 * @param from router
 * @param to {@code 20.0.0.1:4000} or {@code [2000::1]:4000}
 * @param connections TCP connections, or UDP datagrams
 */
public record TrafficRequest(String from, String to, int connections, Protocol protocol) {
    private static final String CLIENT = "org.l34gateway.target.TrafficMain";
    private static final String TIMEOUT = "2s";

    /** What to open or send. */
    public enum Protocol {
        TCP,
        UDP
    }

    public TrafficRequest {
        if (connections < 1) {
            throw new IllegalArgumentException("connections must be at least 1, got " + connections);
        }
    }

    /** The traffic client of target-application, in this JVM's class path and the router's network. */
    Command command(Host router) {
        return router.onNetwork(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                CLIENT,
                "--to",
                to,
                "--connections",
                Integer.toString(connections),
                "--protocol",
                protocol.name().toLowerCase(Locale.ROOT),
                "--timeout",
                TIMEOUT,
                "--output",
                "json"));
    }
}
