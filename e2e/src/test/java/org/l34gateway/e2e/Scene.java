// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.lab.Lab;
import org.l34gateway.lab.TrafficRequest;
import org.l34gateway.lab.TrafficRequest.Protocol;
import org.l34gateway.lab.TrafficResult;
import org.l34gateway.lab.fault.Faults;
import org.l34gateway.lab.host.Host;
import org.l34gateway.lab.process.Outcome;
import org.l34gateway.lab.product.Product;

/**
 * The dual-stack example in a namespace of its own: a Gateway with two pods, four targets, VIPs 20.0.0.1 and 2000::1.
 *
 * @param namespace with a random name; {@link #close} deletes it
 */
record Scene(Product product, String namespace) implements AutoCloseable {
    static final String ROUTER = "vpn-b";
    static final String VIP4 = "20.0.0.1";
    static final String VIP6 = "2000::1";
    static final int PORT = 4000;
    static final int CONNECTIONS = 400;
    static final Duration SOON = Duration.ofSeconds(90);

    static final String DEPLOYMENT = "deployment/example-target-application-b";
    private static final String TARGETS = "app=example-target-application-";
    /** Of two cores that the whole cluster shares, for 500 datagrams and 50 connections a second. */
    private static final String FAIR_SHARE = "{resources: {requests: {cpu: 200m}}}";

    private static final String GATEWAY_PODS = "gateway.networking.k8s.io/gateway-name=my-stateless-lb-gateway";
    private static final ObjectMapper JSON = new ObjectMapper();

    static Scene open(Product product) {
        return open(product, "{}");
    }

    /** @param values of the application's chart, as YAML, before all others */
    static Scene open(Product product, String values) {
        String namespace = "e2e-" + Integer.toString(ThreadLocalRandom.current().nextInt(1 << 30), 36);
        var scene = new Scene(product, namespace);
        product.namespace(namespace);
        try {
            scene.build(values);
            return scene;
        } catch (RuntimeException | AssertionError e) {
            scene.close();
            throw e;
        }
    }

    private void build(String values) {
        apply(product.text("examples/stateless/dual-stack/networks-lab.yaml"));
        apply(product.text("examples/stateless/dual-stack/gateway.yaml"));
        application("b", 4, values);
        product.awaitWorkloads(namespace);
        awaitServed(VIP4, 4);
        awaitServed(VIP6, 4);
    }

    /** Installs an instance of the example application: {@code b} is the example's own. */
    void application(String name, int replicas) {
        application(name, replicas, "{}");
    }

    private void application(String name, int replicas, String values) {
        product.applyChart(
                "charts/target-application",
                name,
                namespace,
                product.text("examples/stateless/values/b.yaml"),
                values,
                "{applicationName: " + name + ", replicas: " + replicas + "}",
                FAIR_SHARE);
    }

    Lab lab() {
        return product.lab();
    }

    @Override
    public void close() {
        lab().kubectl("delete", "namespace", namespace, "--timeout=120s");
        lab().await(
                        "no route to " + VIP4 + " on " + ROUTER,
                        SOON,
                        () -> routes(VIP4).isEmpty());
        lab().await(
                        "no route to " + VIP6 + " on " + ROUTER,
                        SOON,
                        () -> routes(VIP6).isEmpty());
    }

    void apply(String yaml) {
        lab().kubectlCommand(
                        List.of("apply", "--server-side", "--force-conflicts", "--namespace", namespace, "-f", "-"))
                .reading(yaml)
                .output();
    }

    Outcome tryApply(String yaml) {
        return lab().kubectlCommand(List.of("apply", "--namespace", namespace, "-f", "-"))
                .reading(yaml)
                .run();
    }

    String kubectl(String... arguments) {
        var words = new ArrayList<>(List.of("--namespace", namespace));
        words.addAll(List.of(arguments));
        return lab().kubectl(words.toArray(String[]::new));
    }

    JsonNode json(String... arguments) {
        var words = new ArrayList<>(List.of(arguments));
        words.add("-o=json");
        return parse(kubectl(words.toArray(String[]::new)));
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("kubectl printed no JSON", e);
        }
    }

    /** Sets the route's destinations and whatever else follows {@code spec:}. */
    void serve(String... vips) {
        kubectl(
                "patch",
                "l34route/vips-port-4000",
                "--type=merge",
                "--patch={\"spec\":{\"destinationCIDRs\":[\"" + String.join("\",\"", vips) + "\"]}}");
    }

    void scale(int targets) {
        scaleTo(targets, _ -> {});
    }

    /** Scales, and tells the names of the target pods as soon as there are exactly so many. */
    void scaleTo(int targets, Consumer<Set<String>> known) {
        kubectl("scale", DEPLOYMENT, "--replicas=" + targets);
        lab().await(targets + " target pods", SOON, () -> targets().size() == targets);
        known.accept(targets());
        awaitReady(targets);
    }

    /** Waits until so many target pods are ready. */
    void awaitReady(int targets) {
        kubectl("wait", DEPLOYMENT, "--for=jsonpath={.status.readyReplicas}=" + targets, "--timeout=120s");
        kubectl("rollout", "status", DEPLOYMENT, "--timeout=120s");
    }

    /** Names of the target pods that are there, also those that are on their way out. */
    SortedSet<String> targets() {
        return targets("b");
    }

    /** The same of another instance of the application. */
    SortedSet<String> targets(String application) {
        return names(json("get", "pods", "-l", TARGETS + application));
    }

    /** Lets another Service have the route's connections. */
    void serveBy(String service) {
        kubectl(
                "patch",
                "l34route/vips-port-4000",
                "--type=merge",
                "--patch={\"spec\":{\"backendRefs\":[{\"name\":\"" + service + "\",\"port\":4000}]}}");
    }

    /** How many changes of endpoints kube-proxy of node1 has taken in. */
    long kubeProxyChanges() {
        String metrics = lab().node(1)
                .onNetwork(
                        List.of(
                                "bash",
                                "-c",
                                "exec 3<>/dev/tcp/127.0.0.1/10249 && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3"))
                .output();
        return metrics.lines()
                .filter(line -> line.startsWith("kubeproxy_sync_proxy_rules_endpoint_changes_total "))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** Whether the node's agent says that the pod has all that its Gateways want. */
    boolean isAttached(String pod) {
        return says(pod, "l-3-4-gateway-api-poc/attached");
    }

    /** Whether the kubelet says that the pod is ready. */
    boolean isReady(String pod) {
        return says(pod, "Ready");
    }

    private boolean says(String pod, String condition) {
        for (JsonNode each : json("get", "pod", pod).at("/status/conditions")) {
            if (each.path("type").asText().equals(condition)) {
                return each.path("status").asText().equals("True");
            }
        }
        return false;
    }

    /** {@code deployment.apps/NAME} of the gateway pods. */
    String gatewayDeployment() {
        return kubectl("get", "deployments", "-o=name")
                .lines()
                .filter(name -> name.contains("my-stateless-lb-gateway"))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until all gateway pods are ready. */
    void awaitGatewayPods() {
        kubectl("wait", "pods", "-l=" + GATEWAY_PODS, "--for=condition=Ready", "--timeout=180s");
    }

    /**
     * Waits until no gateway pod hands connections over any more: until then a connection that comes from another gateway
     * pod may be taken for an old one.
     */
    void awaitNoHandover() {
        lab().await(
                        "no handover of connections",
                        SOON,
                        () -> gatewayPods().stream()
                                .noneMatch(pod -> hasFormer(place(pod).output("nft", "list", "maps", "inet"))));
    }

    /** Whether the state of any slot names a target that had it before (load-balancer/README.md). */
    static boolean hasFormer(String maps) {
        return Pattern.compile("map moved_.*?\\n\\t}", Pattern.DOTALL)
                .matcher(maps)
                .results()
                .flatMap(map -> Pattern.compile(": 0x([0-9a-f]{8})")
                        .matcher(map.group())
                        .results())
                .anyMatch(state -> ((Integer.parseUnsignedInt(state.group(1), 16) >>> 11) & 0x7FF) != 0);
    }

    Faults.Victim victim(String pod) {
        return new Faults.Victim(json("get", "pod", pod));
    }

    /** {@code deployment.apps/NAME} or {@code daemonset.apps/NAME} of a component of the product. */
    String productWorkload(String component) {
        return lab().kubectl(
                        "get",
                        "deployments,daemonsets",
                        "-n",
                        Product.NAMESPACE,
                        "-o=name",
                        "-l=" + component(component))
                .strip();
    }

    /** The pods of a component of the product. */
    List<Faults.Victim> productPods(String component) {
        var pods = new ArrayList<Faults.Victim>();
        parse(lab().kubectl("get", "pods", "-n", Product.NAMESPACE, "-o=json", "-l=" + component(component)))
                .path("items")
                .forEach(pod -> pods.add(new Faults.Victim(pod)));
        return pods;
    }

    /** What the agents and the controllers have said in the last two minutes. */
    String logs() {
        var logs = new StringBuilder();
        for (String pod : gatewayPods()) {
            logs.append(log(namespace, pod, "gateway-agent"));
        }
        for (String pod : targets()) {
            logs.append(log(namespace, pod, "example-target-application"));
        }
        for (String component : List.of("node-agent", "controller")) {
            productPods(component).forEach(pod -> logs.append(log(Product.NAMESPACE, pod.name(), component)));
        }
        return logs.toString();
    }

    private String log(String where, String pod, String container) {
        return "=== " + pod + "\n"
                + lab().tryKubectl("logs", "-n", where, pod, "-c", container, "--since=120s")
                        .out();
    }

    private static String component(String component) {
        return "app.kubernetes.io/component=" + component;
    }

    /** The container may end before it has said that the command was good; the routes tell whether it was. */
    void stopBird(String gatewayPod) {
        lab().tryKubectl(
                        "exec",
                        "-n",
                        namespace,
                        gatewayPod,
                        "-c",
                        "bird",
                        "--",
                        "/usr/sbin/birdc",
                        "-s",
                        "/run/l34/bird/bird.ctl",
                        "down");
    }

    /** Of an interface of all gateway pods. */
    void setMtu(String interfaceName, int bytes) {
        for (String pod : gatewayPods()) {
            place(pod).output("ip", "link", "set", interfaceName, "mtu", Integer.toString(bytes));
        }
    }

    /** UID and restarts of every pod of the scene, by name. */
    SortedMap<String, String> lives() {
        var lives = new TreeMap<String, String>();
        for (JsonNode pod : json("get", "pods").path("items")) {
            var restarts = new ArrayList<String>();
            for (String kind : List.of("initContainerStatuses", "containerStatuses")) {
                pod.at("/status/" + kind)
                        .forEach(status ->
                                restarts.add(status.path("restartCount").asText()));
            }
            lives.put(pod.at("/metadata/name").asText(), pod.at("/metadata/uid").asText() + " " + restarts);
        }
        return lives;
    }

    SortedSet<String> gatewayPods() {
        return names(json("get", "pods", "-l", GATEWAY_PODS));
    }

    private static SortedSet<String> names(JsonNode list) {
        var names = new TreeSet<String>();
        list.path("items").forEach(item -> names.add(item.at("/metadata/name").asText()));
        return names;
    }

    /** Waits until the router has a route to the VIP, which may be a prefix, and every gateway pod has slots for exactly so many targets. */
    void awaitServed(String vip, int targets) {
        lab().await(ROUTER + " has two next hops to " + vip, SOON, () -> nextHops(vip) == 2);
        lab().await(targets + " targets of " + vip + " in both gateway pods", SOON, () -> {
            var counts = targetCounts(vip);
            return counts.size() == 2 && counts.stream().allMatch(count -> count == targets);
        });
    }

    private List<Long> targetCounts(String vip) {
        String prefix = IpPrefix.parse(vip).toString();
        var counts = new ArrayList<Long>();
        for (JsonNode report : json("get", "gatewayreports").path("items")) {
            long count = 0;
            for (JsonNode target : report.at("/spec/targets")) {
                for (JsonNode held : target.path("vips")) {
                    count += held.asText().equals(prefix) ? 1 : 0;
                }
            }
            counts.add(count);
        }
        return counts;
    }

    /** The router's routes to the VIP, as {@code ip route} prints them. */
    String routes(String vip) {
        String family = vip.contains(":") ? "-6" : "-4";
        return lab().router(ROUTER)
                .exec("ip", family, "route", "show", vip)
                .orThrow()
                .out()
                .strip();
    }

    /** How many gateway pods the router sends packets for the VIP to. */
    long nextHops(String vip) {
        String routes = routes(vip);
        return Arrays.stream(routes.split("\\s+")).filter("via"::equals).count();
    }

    TrafficResult traffic(String vip, Protocol protocol) {
        String to = (vip.contains(":") ? "[" + vip + "]" : vip) + ":" + PORT;
        return lab().traffic(new TrafficRequest(ROUTER, to, CONNECTIONS, protocol));
    }

    /** 400 of 400 answered, by exactly the target pods that are there. */
    void assertServed(String vip, Protocol protocol) {
        TrafficResult result = traffic(vip, protocol);
        assertThat(result.failed())
                .as(protocol + " to " + vip + ": " + result.json())
                .isZero();
        assertThat(result.ok()).isEqualTo(CONNECTIONS);
        assertThat(new TreeSet<>(result.targets().keySet())).isEqualTo(targets());
    }

    /**
     * Nothing was lost or misdelivered that must not be; else says what the agents and the controllers did meanwhile.
     *
     * @param seed of the traffic
     */
    void assertNoExcess(Cost cost, long seed) {
        if (!cost.excess().isEmpty()) {
            fail("repeat with -Dseed=%d: %s\nwhat happened before:\n%s", seed, cost.excessText(), Story.of(logs()));
        }
    }

    /** Where a pod runs, and the name of its network namespace there. */
    record PodPlace(Host node, String netns) {
        /** What a program prints in the pod's network; fails when the program does. */
        String output(String... words) {
            var all = new ArrayList<>(List.of("ip", "netns", "exec", netns));
            all.addAll(List.of(words));
            return node.command(all.toArray(String[]::new)).output();
        }

        /** What is ours in the pod's network: VIPs on lo, rules and routes, one line each. */
        List<String> held() {
            String addresses = output("ip", "-o", "addr", "show", "dev", "lo");
            String rules = output("ip", "-4", "rule") + output("ip", "-6", "rule");
            String routes =
                    output("ip", "route", "show", "table", "all") + output("ip", "-6", "route", "show", "table", "all");
            return Stream.of(
                            addresses.lines().filter(line -> line.contains(VIP4) || line.contains(VIP6)),
                            rules.lines().filter(line -> line.startsWith("1000:")),
                            routes.lines().filter(line -> line.contains("table 5")))
                    .flatMap(lines -> lines)
                    .toList();
        }

        boolean isClean() {
            return held().isEmpty();
        }

        /** Lets nothing pass an interface, which stays up: as when a switch on the way fails. */
        void silence(String interfaceName) {
            String hook = " hook %s device " + interfaceName + " priority 0; policy drop; }";
            output(
                    "nft",
                    "add table netdev silence; "
                            + "add chain netdev silence in { type filter" + hook.formatted("ingress") + "; "
                            + "add chain netdev silence out { type filter" + hook.formatted("egress"));
        }

        /** Ends that. */
        void hear() {
            output("nft", "delete table netdev silence");
        }

        /** Takes the secondary networks away, as a broken cable would. */
        void cutOff() {
            output("bash", "-c", "for n in vlan-200 net2; do ip link set $n down; done");
        }
    }

    PodPlace place(String pod) {
        JsonNode status = json("get", "pod", pod);
        Host node = lab().host(status.at("/spec/nodeName").asText()).orElseThrow();
        String address = status.at("/status/podIP").asText();
        for (String line : node.command("ip", "netns", "list").output().lines().toList()) {
            String netns = line.split("\\s+")[0];
            var place = new PodPlace(node, netns);
            if (place.output("ip", "-o", "addr", "show", "dev", "eth0").contains(" " + address + "/")) {
                return place;
            }
        }
        throw new IllegalStateException("no network namespace on the node of " + pod + " has " + address);
    }
}
