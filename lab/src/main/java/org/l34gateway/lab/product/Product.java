// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.product;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.l34gateway.images.BuiltImage;
import org.l34gateway.images.Images;
import org.l34gateway.images.chart.Charts;
import org.l34gateway.lab.Lab;
import org.l34gateway.lab.process.Progress;

/**
 * The product in a lab. Everything is idempotent: what is there already is kept or brought up to date.
 *
 * @param lab that is up
 * @param repository whose modules are packaged
 */
public record Product(Lab lab, Repository repository, Progress progress) {
    /** Where the product's own workloads run. */
    public static final String NAMESPACE = "l34-system";

    /** Name of the Helm release. */
    public static final String RELEASE = "l34-gateway";

    private static final String IMAGES_ANNOTATION = "lab-images";
    private static final Duration ROLLOUT = Duration.ofMinutes(3);

    /** Builds the images, loads them into the nodes, installs the chart and waits until all its workloads are up. */
    public void install() {
        List<BuiltImage> images = progress.step("images built and loaded into both nodes", () -> {
            List<BuiltImage> built = images();
            built.forEach(image -> lab.loadImage(image.tar()));
            return built;
        });
        progress.run("product installed in namespace " + NAMESPACE, () -> {
            namespace(NAMESPACE);
            boolean upgrade = !workloads(NAMESPACE).isEmpty();
            applyChart("charts/l34-gateway", RELEASE, NAMESPACE);
            markWith(images, upgrade);
            awaitWorkloads(NAMESPACE);
        });
    }

    /** Images keep their tags in a lab, so that a workload does not see that there is a newer one. */
    private void markWith(List<BuiltImage> images, boolean restart) {
        String mark = images.stream().map(BuiltImage::fingerprint).collect(Collectors.joining("-"));
        for (String workload : workloads(NAMESPACE)) {
            String path = "-o=jsonpath={.metadata.annotations." + IMAGES_ANNOTATION + "}";
            if (!mark.equals(lab.kubectl("get", workload, "-n", NAMESPACE, path))) {
                lab.kubectl("annotate", workload, "-n", NAMESPACE, "--overwrite", IMAGES_ANNOTATION + "=" + mark);
                if (restart) {
                    lab.kubectl("rollout", "restart", workload, "-n", NAMESPACE);
                }
            }
        }
    }

    private List<BuiltImage> images() {
        try {
            Path tars = Images.usualCache().resolve("tars");
            return new Images(repository.root(), Images.usualCache(), progress::say)
                    .buildInto(tars, List.of("l34-gateway", "bird", "target-application"));
        } catch (IOException e) {
            throw new UncheckedIOException("images", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while images were built", e);
        }
    }

    /** Makes a namespace unless it is there. */
    public void namespace(String name) {
        lab.apply("{apiVersion: v1, kind: Namespace, metadata: {name: " + name + "}}");
    }

    /**
     * Applies a chart of this repository.
     *
     * @param chart folder, relative to the repository
     * @param values YAML texts; of several the later one wins
     */
    public void applyChart(String chart, String release, String namespace, String... values) {
        try {
            String manifests = Charts.render(repository.root().resolve(chart), release, namespace, values);
            lab.kubectlCommand(
                            List.of("apply", "--server-side", "--force-conflicts", "--namespace", namespace, "-f", "-"))
                    .reading(manifests)
                    .output();
        } catch (IOException e) {
            throw new UncheckedIOException(chart, e);
        }
    }

    /** A text of this repository, for example a manifest. */
    public String text(String file) {
        try {
            return Files.readString(repository.root().resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    /** Waits until every Deployment and DaemonSet of the namespace has all its pods ready. */
    public void awaitWorkloads(String namespace) {
        for (String workload : workloads(namespace)) {
            lab.kubectl("rollout", "status", workload, "-n", namespace, "--timeout=" + ROLLOUT.toSeconds() + "s");
        }
    }

    private List<String> workloads(String namespace) {
        return lab.kubectl("get", "deployments,daemonsets", "-n", namespace, "-o=name")
                .lines()
                .toList();
    }
}
