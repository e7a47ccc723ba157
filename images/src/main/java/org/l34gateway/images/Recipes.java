// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.l34gateway.images.debian.DebianPackages;

/**
 * What is in which image.
 *
 * <table>
 *   <caption>Layers, the rarest changes first</caption>
 *   <tr><td>l34-gateway</td><td>Debian libraries · Java runtime · third-party jars · CNI executables · our jars · archive of classes</td></tr>
 *   <tr><td>bird</td><td>BIRD with its libraries · base configuration</td></tr>
 *   <tr><td>target-application</td><td>Debian libraries, busybox · Java runtime · our jar</td></tr>
 * </table>
 *
 * @param work folder for the few files that are written here, new for each build
 */
record Recipes(ProductFiles product, DebianPackages debian, JavaRuntime runtime, ClassArchive archives, Path work) {
    static final String NATIVE_LIBRARIES = "/app/native";
    /** Classes of the services, mapped instead of loaded. */
    static final String CLASS_ARCHIVE = "/app/classes.jsa";

    /** Where node-agent finds the plugins that it installs. */
    static final String PLUGINS = "/opt/l34/cni";

    private static final String JARS = "/app/lib/";
    private static final String JAVA = JavaRuntime.TARGET + "/bin/java";
    /** One arena for all threads: glibc would keep a freed pool per core otherwise, 10 MiB and more. */
    private static final Map<String, String> JAVA_ENVIRONMENT = Map.of("MALLOC_ARENA_MAX", "1");

    /** Names of all images, in the order in which they are built. */
    static final List<String> NAMES = List.of("l34-gateway", "bird", "target-application");

    /** The image of that name, from {@link #NAMES}. */
    Recipe recipe(String name) throws IOException, InterruptedException {
        return switch (name) {
            case "l34-gateway" -> gateway();
            case "bird" -> bird();
            case "target-application" -> targetApplication();
            default -> throw new IllegalArgumentException("no image '" + name + "'; there are " + NAMES);
        };
    }

    private Recipe gateway() throws IOException, InterruptedException {
        var ours = new TreeMap<String, LayerFile>();
        var foreign = new TreeMap<String, LayerFile>();
        Path jna = null;
        for (var service : JavaService.values()) {
            for (Path jar : product.classPath(service.module())) {
                var file = new LayerFile(jar, JARS + jar.getFileName(), false);
                (product.isOurs(jar) ? ours : foreign).put(file.target(), file);
                if (String.valueOf(jar.getFileName()).matches("jna-[0-9.]+\\.jar")) jna = jar;
            }
        }
        if (jna == null) throw new IllegalStateException("no service has JNA on its class path");
        var thirdParty = new ArrayList<>(foreign.values());
        thirdParty.add(new LayerFile(jnaLibrary(jna), NATIVE_LIBRARIES + "/libjnidispatch.so", true));
        // One class path for all services, so that one archive of classes serves them all.
        var jars = new ArrayList<>(foreign.values());
        jars.addAll(ours.values());
        var mine = new ArrayList<>(ours.values());
        var classPath = jars.stream().map(LayerFile::target).toList();
        for (var service : JavaService.values()) {
            String text = service.arguments(classPath, product.mainClass(service));
            String name = service.module() + ".args";
            mine.add(new LayerFile(written(name, text), "/app/" + name, false));
        }
        Path archive = archives.of(jars, Files.createDirectory(work.resolve("classes")));
        return new Recipe(
                "l34-gateway",
                List.of(
                        debian.layer("libraries", List.of("libc6"), List.of()),
                        runtime.layer(),
                        new Layer("third-party", thirdParty),
                        new Layer("cni-plugins", plugins()),
                        new Layer("product", mine),
                        new Layer("class-archive", List.of(new LayerFile(archive, CLASS_ARCHIVE, false)))),
                List.of(JAVA),
                List.of(),
                JAVA_ENVIRONMENT);
    }

    private List<LayerFile> plugins() {
        Path root = product.root();
        Path vip = product.existing(root.resolve("cni-vip-plugin/target/native/loopback-vip"));
        Path routes = product.existing(root.resolve("cni-sbr-plugin/target/native/policy-route"));
        return List.of(
                new LayerFile(vip, PLUGINS + "/loopback-vip", true),
                new LayerFile(routes, PLUGINS + "/policy-route", true));
    }

    private Recipe bird() throws IOException, InterruptedException {
        // rm takes away what BIRD was told in an earlier sandbox of its pod.
        var programs = List.of("/usr/sbin/bird", "/usr/sbin/birdc", "/bin/rm");
        Path jar = product.jar("bird-config");
        Path configuration = fromJar(jar, "org/l34gateway/bird/bird.conf", "bird.conf");
        return new Recipe(
                "bird",
                List.of(
                        debian.layer("bird", List.of("bird2", "coreutils"), programs),
                        new Layer(
                                "configuration", List.of(new LayerFile(configuration, "/etc/bird/bird.conf", false)))),
                List.of("/usr/sbin/bird", "-f", "-c", "/etc/bird/bird.conf", "-s", "/run/l34/bird/bird.ctl"),
                List.of(),
                Map.of());
    }

    private Recipe targetApplication() throws IOException, InterruptedException {
        Path jar = product.jar("target-application");
        return new Recipe(
                "target-application",
                List.of(
                        debian.layer("libraries", List.of("libc6"), List.of()),
                        new Layer("busybox", busybox()),
                        runtime.layer(),
                        new Layer("product", List.of(new LayerFile(jar, "/app/target-application.jar", false)))),
                List.of(
                        JAVA,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-Xmx48m",
                        "-cp",
                        "/app/target-application.jar"),
                List.of("org.l34gateway.target.TargetMain"),
                JAVA_ENVIRONMENT);
    }

    /** Busybox once, and a line of shell for each tool that somebody looking around types: layers hold no links. */
    private List<LayerFile> busybox() throws IOException, InterruptedException {
        var files = new ArrayList<>(debian.layer("busybox", List.of("busybox-static"), List.of("/bin/busybox"))
                .files());
        for (String tool : List.of("sh", "ip", "ping", "nc", "ls", "cat", "ps", "netstat", "wget", "traceroute")) {
            Path script = written("bin-" + tool, "#!/bin/busybox sh\nexec /bin/busybox " + tool + " \"$@\"\n");
            files.add(new LayerFile(script, "/bin/" + tool, true));
        }
        return files;
    }

    private Path jnaLibrary(Path jna) throws IOException {
        String machine = switch (System.getProperty("os.arch", "")) {
            case "amd64" -> "x86-64";
            case "aarch64" -> "aarch64";
            default -> throw new IllegalStateException("no image for " + System.getProperty("os.arch"));
        };
        return fromJar(jna, "com/sun/jna/linux-" + machine + "/libjnidispatch.so", "libjnidispatch.so");
    }

    private Path fromJar(Path jar, String entry, String name) throws IOException {
        Path copy = work.resolve(name);
        try (var inside = FileSystems.newFileSystem(jar)) {
            Files.write(copy, Files.readAllBytes(inside.getPath(entry)));
        }
        return copy;
    }

    private Path written(String name, String text) throws IOException {
        return Files.writeString(work.resolve(name), text);
    }
}
