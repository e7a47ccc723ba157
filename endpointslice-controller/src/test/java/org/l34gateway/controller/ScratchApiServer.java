// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.NodeReport;
import org.l34gateway.runtime.process.ClusterConnection;

/** A kube-apiserver with its etcd on 127.0.0.1, from the cache that {@code ./l34 lab up} fills; nothing else of Kubernetes. */
final class ScratchApiServer implements AutoCloseable {
    private static final String TOKEN = "scratch";

    private final Path folder;
    private final List<Process> processes = new ArrayList<>();
    private final int port;
    private final int etcdPort;
    private final Path tools;

    private ScratchApiServer(Path tools) throws IOException {
        this.tools = tools;
        this.folder = Files.createTempDirectory("l34-apiserver");
        this.port = freePort();
        this.etcdPort = freePort();
    }

    /** Starts and waits until it is ready; skips the test when the cache has no API server. */
    static ScratchApiServer start() throws IOException, InterruptedException {
        String base = System.getenv("XDG_CACHE_HOME");
        Path cache =
                base == null || base.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base);
        Path tools = cache.resolve("l34-gateway/tools");
        Assumptions.assumeTrue(
                tool(tools, "kubernetes-").isPresent() && tool(tools, "etcd-").isPresent(),
                "no kube-apiserver in " + tools + "; ./l34 lab up builds it");
        ScratchApiServer server = new ScratchApiServer(tools);
        try {
            server.startEtcd();
            server.startApiServer();
            server.awaitReady();
            return server;
        } catch (IOException | InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Custom resource definitions of the Gateway API, one file each. */
    private List<Path> gatewayApi() throws IOException {
        Path files = tool(tools, "gateway-api-").orElseThrow().resolve("files");
        try (Stream<Path> list = Files.list(files)) {
            return list.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    /** Creates the definitions of the Gateway API and ours, and waits until they are served. */
    void define(KubernetesClient client) throws IOException, InterruptedException {
        List<Path> definitions = new ArrayList<>(gatewayApi());
        Path ours = Path.of(System.getProperty("l34.root", "..")).resolve("charts/l34-gateway/crd-bases");
        try (Stream<Path> files = Files.list(ours)) {
            files.sorted().forEach(definitions::add);
        }
        for (Path file : definitions) {
            try (var in = Files.newInputStream(file)) {
                client.load(in).items().forEach(item -> client.resource(item).create());
            }
        }
        Await.until("the definitions are served", Duration.ofSeconds(20), () -> {
            client.resources(L34Route.class).inAnyNamespace().list();
            client.resources(GatewayReport.class).inAnyNamespace().list();
            client.resources(GatewayRouter.class).inAnyNamespace().list();
            client.resources(NodeReport.class).list();
            client.resources(Gateway.class).inAnyNamespace().list();
            return true;
        });
    }

    /** A kubeconfig of the administrator, for other processes. */
    Path kubeconfig() throws IOException {
        return Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: scratch, cluster: {server: 'https://127.0.0.1:%d', insecure-skip-tls-verify: true}}]
                users: [{name: admin, user: {token: %s}}]
                contexts: [{name: scratch, context: {cluster: scratch, user: admin}}]
                current-context: scratch
                """.formatted(port, TOKEN));
    }

    /** Where another process of the test may write what it says. */
    File log(String name) {
        return folder.resolve(name + ".log").toFile();
    }

    int port() {
        return port;
    }

    KubernetesClient client() {
        return client(port);
    }

    /** A client that goes through a proxy on this port. */
    KubernetesClient client(int proxy) {
        Config config = new ConfigBuilder()
                .withAutoConfigure(false)
                .withMasterUrl("https://127.0.0.1:" + proxy)
                .withTrustCerts(true)
                .withOauthToken(TOKEN)
                .build();
        return ClusterConnection.open("test", config);
    }

    /** Kills the API server without a warning and starts it again; etcd goes on. */
    void restart() throws IOException, InterruptedException {
        Process apiServer = processes.removeLast();
        apiServer.destroyForcibly();
        apiServer.waitFor();
        startApiServer();
        awaitReady();
    }

    /** As if etcd had been restored from a state before everything: resourceVersions begin anew. */
    void restore() throws IOException, InterruptedException {
        for (Process process : processes.reversed()) {
            process.destroyForcibly();
            process.waitFor();
        }
        processes.clear();
        delete(folder.resolve("etcd"));
        startEtcd();
        startApiServer();
        awaitReady();
    }

    private void startEtcd() throws IOException {
        String peer = "http://127.0.0.1:" + freePort();
        run(
                "etcd",
                tool(tools, "etcd-").orElseThrow().resolve("etcd"),
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-client-urls=http://127.0.0.1:" + etcdPort,
                "--advertise-client-urls=http://127.0.0.1:" + etcdPort,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer,
                "--unsafe-no-fsync");
    }

    private void startApiServer() throws IOException {
        Path key = folder.resolve("service-accounts.pem");
        Files.writeString(key, pem());
        Path tokens = folder.resolve("tokens.csv");
        Files.writeString(tokens, TOKEN + ",admin,admin,system:masters\n");
        run(
                "kube-apiserver",
                tool(tools, "kubernetes-").orElseThrow().resolve("kube-apiserver"),
                "--etcd-servers=http://127.0.0.1:" + etcdPort,
                "--bind-address=127.0.0.1",
                "--secure-port=" + port,
                "--cert-dir=" + folder.resolve("certificates"),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + key,
                "--service-account-signing-key-file=" + key,
                "--token-auth-file=" + tokens,
                "--authorization-mode=RBAC",
                "--disable-admission-plugins=ServiceAccount",
                "--service-cluster-ip-range=10.96.0.0/16");
    }

    private void awaitReady() throws InterruptedException {
        try (KubernetesClient client = client()) {
            Await.until("the API server is ready", Duration.ofSeconds(90), () -> {
                processes.forEach(process -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException("ended with " + process.exitValue() + ", see " + folder);
                    }
                });
                return "ok".equals(client.raw("/readyz"));
            });
        }
    }

    private void run(String name, Path program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(name))
                .start());
    }

    @Override
    public void close() throws IOException {
        for (Process process : processes.reversed()) {
            process.destroy();
            try {
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        delete(folder);
    }

    private static void delete(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static Optional<Path> tool(Path tools, String prefix) {
        if (!Files.isDirectory(tools)) {
            return Optional.empty();
        }
        try (Stream<Path> list = Files.list(tools)) {
            return list.filter(path -> String.valueOf(path.getFileName()).startsWith(prefix))
                    .max(Path::compareTo);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String pem() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
            String text = Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(pair.getPrivate().getEncoded());
            return "-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }
}
