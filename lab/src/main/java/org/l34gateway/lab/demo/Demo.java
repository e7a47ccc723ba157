// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.l34gateway.lab.Lab;
import org.l34gateway.lab.TrafficRequest;
import org.l34gateway.lab.TrafficResult;
import org.l34gateway.lab.process.Progress;
import org.l34gateway.lab.product.Product;

/**
 * Stateless load balancing, from nothing to traffic: the example is applied, 400 connections reach four pods, a second
 * VIP is added while they run, 400 connections reach it too.
 */
public record Demo(Lab lab, Product product, Progress progress, PrintStream out) {
    static final String ROUTER = "vpn-b";
    static final String FIRST_VIP = "20.0.0.1";
    static final String SECOND_VIP = "40.0.0.1";
    static final int PORT = 4000;
    static final int CONNECTIONS = 400;

    /** Four pods share 400 flows: fewer than this is no even spread (expected 100, standard deviation 8.7). */
    static final int LEAST_SHARE = 60;

    private static final String EXAMPLE = "examples/stateless/";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Whether everything was answered and spread as it should; the last line printed says so. */
    public boolean tell() {
        progress.run("example applied: Gateway, GatewayRouter, Service, L34Route for " + FIRST_VIP, () -> {
            lab.apply(product.text(EXAMPLE + "stateless-load-balancer-gateway-api.yaml"));
            lab.apply(product.text(EXAMPLE + "lab/networks.yaml"));
        });
        progress.run(
                "Gateway programmed in two gateway pods",
                () -> lab.kubectl(
                        "wait", "gateway/my-stateless-lb-gateway", "--for=condition=Programmed", "--timeout=120s"));
        progress.run("four application pods created and Ready", () -> {
            product.applyChart(
                    "charts/target-application",
                    "example-target-application-b",
                    "default",
                    product.text(EXAMPLE + "values/b.yaml"));
            product.awaitWorkloads("default");
        });
        awaitVip(FIRST_VIP);
        String podsBefore = pods();
        TrafficResult first = traffic(FIRST_VIP);
        progress.run(
                "L34Route updated: " + SECOND_VIP + " added while the pods run",
                () -> lab.apply(product.text(EXAMPLE + "stateless-load-balancer-gateway-api-update.yaml")));
        awaitVip(SECOND_VIP);
        TrafficResult second = traffic(SECOND_VIP);
        TrafficResult again = traffic(FIRST_VIP);
        boolean samePods = podsBefore.equals(pods());
        routersView();
        out.println();
        out.println(samePods ? "no pod was restarted or replaced" : "pods were restarted or replaced:\n" + pods());
        out.println("the lab stays up; ./l34 lab down ends it");
        say(SECOND_VIP, second);
        say(FIRST_VIP, again);
        return samePods && good(first) && good(second) && good(again);
    }

    /** A VIP is served when the router has a route to it and all four targets hold slots of it. */
    private void awaitVip(String vip) {
        progress.run(vip + " announced to " + ROUTER + " and served by four targets", () -> {
            lab.await(
                    ROUTER + " has a route to " + vip,
                    PATIENCE,
                    () -> !lab.router(ROUTER)
                            .exec("ip", "route", "show", vip + "/32")
                            .out()
                            .isBlank());
            lab.await("four targets of " + vip + " in both gateway pods", PATIENCE, () -> targetsEverywhere(vip));
        });
    }

    private boolean targetsEverywhere(String vip) {
        String counts = lab.tryKubectl(
                        "get",
                        "gatewayreports",
                        "-o=go-template={{range .items}}{{$n := 0}}{{range .spec.targets}}{{range .vips}}{{if eq . \""
                                + vip + "/32\"}}x{{end}}{{end}}{{end}} {{end}}")
                .out()
                .strip();
        return List.of(counts.split("\\s+")).equals(List.of("xxxx", "xxxx"));
    }

    private TrafficResult traffic(String vip) {
        String to = vip + ":" + PORT;
        TrafficResult result = progress.step(
                CONNECTIONS + " connections from " + ROUTER + " to " + to,
                () -> lab.traffic(new TrafficRequest(ROUTER, to, CONNECTIONS, TrafficRequest.Protocol.TCP)));
        out.print(result.table());
        return result;
    }

    /** Name, UID and restarts of every pod that this demo depends on. */
    private String pods() {
        return lab.kubectl(
                "get",
                "pods",
                "-n",
                "default",
                "-o=jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {.status.containerStatuses[*].restartCount}{\"\\n\"}{end}");
    }

    private void routersView() {
        out.println();
        out.println(ROUTER + " sees these gateway pods (birdc show protocols):");
        lab.router(ROUTER)
                .sessions()
                .forEach(session -> out.println("  " + session.name() + "  " + session.state() + "  since "
                        + session.since() + "  " + session.info()));
        out.println(ROUTER + " sends the VIPs to (ip route):");
        for (String vip : List.of(FIRST_VIP, SECOND_VIP)) {
            lab.router(ROUTER)
                    .exec("ip", "route", "show", vip + "/32")
                    .out()
                    .lines()
                    .forEach(line -> out.println("  " + line.strip()));
        }
    }

    private static boolean good(TrafficResult result) {
        return result.failed() == 0
                && result.ok() == CONNECTIONS
                && result.targets().size() == 4
                && new TreeMap<>(result.targets()).values().stream().allMatch(share -> share >= LEAST_SHARE);
    }

    private void say(String vip, TrafficResult result) {
        out.println("demo: " + CONNECTIONS + " connections to " + vip + ":" + PORT + " from " + ROUTER + ": "
                + result.ok() + " ok, " + result.failed() + " failed, "
                + result.targets().size() + " targets");
    }
}
