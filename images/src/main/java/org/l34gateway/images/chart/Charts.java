// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images.chart;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Renders Helm charts. */
public final class Charts {
    /** Charts are rendered for this Kubernetes: without a cluster Helm would take itself for one of 2020. */
    private static final String KUBERNETES = "1.36.0";

    private Charts() {}

    /**
     * What {@code helm template RELEASE CHART --namespace NAMESPACE --values …} prints: YAML documents.
     *
     * @param values YAML texts; of several the later one wins, key by key, and lists as a whole
     * @throws RefusedChart when a value is not one that the chart takes, or the chart is broken
     * @throws IOException when temporary files cannot be written
     */
    public static String render(Path chart, String release, String namespace, String... values) throws IOException {
        Path work = Files.createTempDirectory("l34-values-");
        try {
            var template = new Helm(chart.toAbsolutePath())
                    .template()
                    .withName(release)
                    .withKubeVersion(KUBERNETES)
                    .withNamespace(namespace);
            for (int i = 0; i < values.length; i++)
                template.withValuesFile(Files.writeString(work.resolve(i + ".yaml"), values[i]));
            return template.call();
        } catch (IllegalStateException refused) {
            // helm-java's answer to everything that Helm says no to.
            throw new RefusedChart(chart, String.valueOf(refused.getMessage()), refused);
        } finally {
            delete(work);
        }
    }

    /** What {@code helm lint --strict} has against the chart; empty when nothing. */
    public static List<String> lint(Path chart) {
        var result = new Helm(chart.toAbsolutePath()).lint().strict().call();
        return result.isFailed() ? List.copyOf(result.getMessages()) : List.of();
    }

    private static void delete(Path work) throws IOException {
        try (var files = Files.list(work)) {
            for (Path file : files.toList()) Files.delete(file);
        }
        Files.delete(work);
    }
}
