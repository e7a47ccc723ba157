// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.l34gateway.lab.Lab;
import org.l34gateway.lab.host.Host;
import org.l34gateway.lab.product.Product;

/**
 * The dual-stack example in a namespace of its own: a Gateway with two gateway pods, VIPs 20.0.0.1 and 2000::1, and a Service
 * that selects the pods of {@link PodManifest#SELECTED}.
 */
final class Stage implements AutoCloseable {
    static final String ROUTER = "vpn-b";
    static final String VIP4 = "20.0.0.1";
    static final String VIP6 = "2000::1";
    static final int PORT = 4000;
    static final Duration SOON = Duration.ofMinutes(2);

    private static final String ROUTE = "l34route/vips-port-4000";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Product product;
    private final String namespace;
    private final Thread onInterrupt = new Thread(this::delete, "tidy-up");

    private Stage(Product product, String namespace) {
        this.product = product;
        this.namespace = namespace;
    }

    /** Builds it and waits until the Gateway is programmed. {@link #close}, or the end of this JVM, takes it away. */
    static Stage open(Product product, Consumer<String> say) {
        String namespace =
                "bench-" + Integer.toString(ThreadLocalRandom.current().nextInt(1 << 30), 36);
        Stage stage = new Stage(product, namespace);
        Runtime.getRuntime().addShutdownHook(stage.onInterrupt);
        try {
            say.accept("a Gateway with two gateway pods in namespace " + namespace);
            stage.build();
            return stage;
        } catch (RuntimeException e) {
            stage.close();
            throw e;
        }
    }

    private void build() {
        product.namespace(namespace);
        apply(product.text("examples/stateless/dual-stack/networks-lab.yaml"));
        apply(product.text("examples/stateless/dual-stack/gateway.yaml"));
        kubectl("wait", "gateway/my-stateless-lb-gateway", "--for=condition=Programmed", "--timeout=120s");
        product.awaitWorkloads(namespace);
    }

    /** Some targets that stay, of the example's application. */
    void serve(int targets) {
        product.applyChart(
                "charts/target-application",
                "b",
                namespace,
                product.text("examples/stateless/values/b.yaml"),
                "{applicationName: b, replicas: " + targets + "}");
        product.awaitWorkloads(namespace);
        lab().await(
                        targets + " targets of " + VIP4 + " in both gateway pods",
                        SOON,
                        () -> targetsOf(VIP4).equals(List.of(targets, targets)));
    }

    Lab lab() {
        return product.lab();
    }

    Product product() {
        return product;
    }

    String namespace() {
        return namespace;
    }

    static List<String> nodes() {
        return List.of("node1", "node2");
    }

    Host node(String name) {
        return lab().host(name).orElseThrow(() -> new IllegalStateException("the lab has no " + name));
    }

    String kubectl(String... arguments) {
        return lab().kubectl(Stream.concat(Stream.of("--namespace", namespace), Stream.of(arguments))
                .toArray(String[]::new));
    }

    JsonNode json(String... arguments) {
        return parse(kubectl(
                Stream.concat(Stream.of(arguments), Stream.of("-o=json")).toArray(String[]::new)));
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("kubectl printed no JSON", e);
        }
    }

    private void apply(String yaml) {
        lab().kubectlCommand(
                        List.of("apply", "--server-side", "--force-conflicts", "--namespace", namespace, "-f", "-"))
                .reading(yaml)
                .output();
    }

    void create(List<PodManifest> pods) {
        lab().kubectlCommand(List.of("create", "--namespace", namespace, "-f", "-"))
                .reading(String.join(
                        "---\n", pods.stream().map(PodManifest::yaml).toList()))
                .output();
    }

    /** Deletes the pods that {@link #create} made and waits until none is there. */
    void deletePods() {
        kubectl("delete", "pods", "-l", PodManifest.OURS, "--grace-period=1", "--timeout=180s");
    }

    /** Sets the VIPs of the route, those of the example first. */
    void setVips(List<String> more) {
        List<String> all = new ArrayList<>(List.of("\"" + VIP4 + "/32\"", "\"" + VIP6 + "/128\""));
        more.forEach(vip -> all.add("\"" + vip + "/32\""));
        kubectl(
                "patch",
                ROUTE,
                "--type=merge",
                "--patch={\"spec\":{\"destinationCIDRs\":[" + String.join(",", all) + "]}}");
    }

    /** Tells of every version of the route. */
    Watch watchRoute(Consumer<JsonNode> told) {
        return Watch.of(this, List.of(ROUTE), told);
    }

    /** Tells of every version of the pods that {@link #create} makes. */
    Watch watchPods(Consumer<JsonNode> told) {
        return Watch.of(this, List.of("pods", "-l", PodManifest.OURS), told);
    }

    /** How many targets of an IPv4 VIP each gateway pod has, as it reports. */
    List<Integer> targetsOf(String vip) {
        List<Integer> counts = new ArrayList<>();
        for (JsonNode report : json("get", "gatewayreports").path("items")) {
            int count = 0;
            for (JsonNode target : report.at("/spec/targets")) {
                for (JsonNode held : target.path("vips")) {
                    count += held.asText().equals(vip + "/32") ? 1 : 0;
                }
            }
            counts.add(count);
        }
        return counts;
    }

    @Override
    public void close() {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException ending) {
            // Then the hook runs too, and finds nothing.
        }
    }

    private void delete() {
        System.err.println("bench: removing namespace " + namespace);
        lab().kubectl("delete", "namespace", namespace, "--ignore-not-found", "--timeout=180s");
    }
}
