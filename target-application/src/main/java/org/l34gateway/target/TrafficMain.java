// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Set;

/**
 * The traffic client's command line. Exits with 0 when every connection was answered, with 1 when one was not, with 2
 * when an argument is wrong.
 */
public final class TrafficMain {
    private static final String USAGE = """
            --to ADDR:PORT      where to ([2000::1]:4000 for IPv6; no names)
            --connections N     how many (default 100)
            --protocol tcp|udp  (default tcp)
            --timeout 2s        for each connection as a whole
            --parallel N        at the same time (default 16)
            --payload BYTES     sent and expected back on each connection (default 0)
            --answer BYTES      asked for on each connection (default 0)
            --source ADDR       local address (default: by route)
            --output text|json  (default text)
            """;

    private TrafficMain() {}

    /** See {@code USAGE}. */
    public static void main(String[] args) throws InterruptedException {
        TrafficPlan plan;
        boolean json;
        try {
            var options = Options.parse(
                    args,
                    Set.of(
                            "--to",
                            "--connections",
                            "--protocol",
                            "--timeout",
                            "--parallel",
                            "--payload",
                            "--answer",
                            "--source",
                            "--output"));
            plan = plan(options);
            json = choice(options, "--output", "text", "json").equals("json");
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.err.print(USAGE);
            System.exit(2);
            return;
        }
        TrafficResult result = TrafficClient.run(plan);
        System.out.print(json ? result.toJson() + "\n" : result.toText());
        System.out.flush();
        System.exit(result.failed() == 0 ? 0 : 1);
    }

    static TrafficPlan plan(Options options) {
        String to = options.get("--to");
        if (to == null) throw new IllegalArgumentException("--to is missing");
        String source = options.get("--source");
        return new TrafficPlan(
                address(to),
                TransportProtocol.valueOf(
                        choice(options, "--protocol", "tcp", "udp").toUpperCase(Locale.ROOT)),
                source == null ? null : InetAddress.ofLiteral(source),
                options.atLeast(1, "--connections", 100),
                options.atLeast(1, "--parallel", TrafficPlan.USUAL_PARALLEL),
                Timeouts.parse(options.get("--timeout", "2s")),
                new TrafficPlan.Exchange(options.atLeast(0, "--payload", 0), options.atLeast(0, "--answer", 0)));
    }

    private static String choice(Options options, String name, String usual, String other) {
        String chosen = options.get(name, usual);
        if (!chosen.equals(usual) && !chosen.equals(other))
            throw new IllegalArgumentException(name + " must be " + usual + " or " + other + ", got '" + chosen + "'");
        return chosen;
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(0, colon));
        boolean six = host.startsWith("[") && host.endsWith("]");
        if (colon < 1
                || host.indexOf(':') >= 0 != six
                || !text.substring(colon + 1).matches("[0-9]{1,5}"))
            throw new IllegalArgumentException(
                    "--to must look like 20.0.0.1:4000 or [2000::1]:4000, got '" + text + "'");
        var literal = InetAddress.ofLiteral(six ? host.substring(1, host.length() - 1) : host);
        return new InetSocketAddress(literal, Integer.parseInt(text.substring(colon + 1)));
    }
}
