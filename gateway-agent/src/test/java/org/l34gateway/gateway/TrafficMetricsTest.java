// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.gateway.plan.Fixtures.SELF;
import static org.l34gateway.gateway.plan.Fixtures.inputs;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.l34gateway.balancer.Counters;
import org.l34gateway.balancer.Dropped;
import org.l34gateway.gateway.plan.Wanted;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.nftables.Nftables.Count;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.runtime.health.HealthEndpoint;
import org.l34gateway.runtime.loop.Outcome;

class TrafficMetricsTest {
    private static final List<String> ONE = List.of("20.0.0.1/32");
    private static final IpAddress A = IpAddress.parse("169.111.100.100");
    private static final IpAddress B = IpAddress.parse("169.111.100.101");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private ForwardingProgram program =
            Wanted.of(SELF, inputs(new TreeMap<>(Map.of("a", ONE, "b", ONE)))).program();
    private Counters counters = new Counters(
            Map.of("shop/route", new Count(30, 4_000)),
            Map.of(A, new Count(10, 1_000), B, new Count(20, 3_000)),
            Map.of(Dropped.NO_FLOW, new Count(1, 60)));
    private long now;
    private long tookMillis = 1;
    private final TrafficMetrics traffic = new TrafficMetrics(SELF, () -> program, _ -> look(), () -> now);

    private Counters look() {
        now += tookMillis * 1_000_000;
        return counters;
    }

    private List<String> scrape() throws IOException, InterruptedException {
        try (HealthEndpoint endpoint = HealthEndpoint.start(0, registry);
                HttpClient client = HttpClient.newHttpClient()) {
            URI metrics = URI.create("http://127.0.0.1:" + endpoint.port() + "/metrics");
            return client.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> !line.startsWith("# HELP"))
                    .toList();
        }
    }

    @Test
    void a_scrape_tells_packets_and_bytes_of_each_route_and_target_and_what_was_dropped() throws Exception {
        registry.getPrometheusRegistry().register(traffic);
        assertThat(scrape()).as("before the first look").isEmpty();
        traffic.reconcile();
        String gateway = "gateway_name=\"gw\",gateway_namespace=\"shop\"";
        String a = gateway + ",target_address=\"169.111.100.100\",target_namespace=\"shop\",target_pod=\"a\"";
        String b = gateway + ",target_address=\"169.111.100.101\",target_namespace=\"shop\",target_pod=\"b\"";
        String route = gateway + ",route_name=\"route\",route_namespace=\"shop\"";
        String dropped = gateway + ",reason=\"no_route\"";
        assertThat(scrape())
                .containsExactlyInAnyOrder(
                        "# TYPE l34_gateway_dropped_bytes_total counter",
                        "l34_gateway_dropped_bytes_total{" + dropped + "} 60.0",
                        "# TYPE l34_gateway_dropped_packets_total counter",
                        "l34_gateway_dropped_packets_total{" + dropped + "} 1.0",
                        "# TYPE l34_gateway_route_bytes_total counter",
                        "l34_gateway_route_bytes_total{" + route + "} 4000.0",
                        "# TYPE l34_gateway_route_packets_total counter",
                        "l34_gateway_route_packets_total{" + route + "} 30.0",
                        "# TYPE l34_gateway_target_bytes_total counter",
                        "l34_gateway_target_bytes_total{" + a + "} 1000.0",
                        "l34_gateway_target_bytes_total{" + b + "} 3000.0",
                        "# TYPE l34_gateway_target_packets_total counter",
                        "l34_gateway_target_packets_total{" + a + "} 10.0",
                        "l34_gateway_target_packets_total{" + b + "} 20.0");
    }

    @Test
    void a_target_that_went_is_gone_from_the_next_look_on() throws Exception {
        registry.getPrometheusRegistry().register(traffic);
        traffic.reconcile();
        program = Wanted.of(SELF, inputs(Map.of("a", ONE))).program();
        counters = new Counters(counters.flows(), Map.of(A, new Count(11, 1_100)), counters.dropped());
        traffic.reconcile();
        assertThat(scrape())
                .anyMatch(line -> line.startsWith("l34_gateway_target_packets_total") && line.endsWith(" 11.0"))
                .noneMatch(line -> line.contains(B.toString()));
    }

    @Test
    void the_kernel_is_asked_every_five_seconds_and_less_often_when_it_takes_long() {
        assertThat(traffic.reconcile()).isEqualTo(Outcome.after(Duration.ofSeconds(5)));
        tookMillis = 200;
        assertThat(traffic.reconcile()).isEqualTo(Outcome.after(Duration.ofSeconds(10)));
    }
}
