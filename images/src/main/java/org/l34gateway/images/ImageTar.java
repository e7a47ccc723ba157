// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/** From a recipe to an image, through Jib. */
final class ImageTar {
    /** Every file and the image itself have this time, so that equal contents give equal bytes. */
    static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    private final Path cache;

    /** @param cache of Jib's compressed layers, outside the repository */
    ImageTar(Path cache) {
        this.cache = cache;
    }

    /** Writes the image as a docker-archive, which {@code ctr images import} and {@code docker load} read. */
    void write(Recipe recipe, String reference, Path tar) throws IOException, InterruptedException {
        try {
            contain(recipe, Containerizer.to(TarImage.at(tar).named(reference)).setOfflineMode(true));
        } catch (InvalidImageReferenceException wrong) {
            throw new IllegalArgumentException("no image name: " + reference, wrong);
        }
    }

    /**
     * Pushes the image with the credentials that {@code docker login} left; returns its digest.
     *
     * @throws IllegalStateException when the registry refuses it
     */
    String push(Recipe recipe, String reference) throws IOException, InterruptedException {
        try {
            var name = ImageReference.parse(reference);
            var credentials = CredentialRetrieverFactory.forImage(name, _ -> {});
            var image = RegistryImage.named(name).addCredentialRetriever(credentials.dockerConfig());
            return contain(recipe, Containerizer.to(image)).getDigest().toString();
        } catch (InvalidImageReferenceException wrong) {
            throw new IllegalArgumentException("no image name: " + reference, wrong);
        }
    }

    private JibContainer contain(Recipe recipe, Containerizer target) throws IOException, InterruptedException {
        JibContainerBuilder image = Jib.fromScratch()
                .setCreationTime(TIME)
                .setFormat(ImageFormat.Docker)
                .setPlatforms(Set.of(new Platform(architecture(), "linux")))
                .setEntrypoint(recipe.entrypoint())
                .setProgramArguments(recipe.command())
                .setEnvironment(recipe.environment())
                .setLabels(Map.of(
                        "org.opencontainers.image.title",
                        recipe.name(),
                        "org.l34gateway.fingerprint",
                        recipe.fingerprint()));
        for (var layer : recipe.layers()) image.addFileEntriesLayer(layer(layer));
        try {
            return image.containerize(target.setBaseImageLayersCache(cache)
                    .setApplicationLayersCache(cache)
                    .setToolName("l34-gateway"));
        } catch (RegistryException | CacheDirectoryCreationException | ExecutionException failed) {
            throw new IllegalStateException("image " + recipe.name() + ": " + failed.getMessage(), failed);
        }
    }

    private static FileEntriesLayer layer(Layer layer) {
        var entries = FileEntriesLayer.builder().setName(layer.name());
        for (var file : layer.files()) {
            entries.addEntry(
                    file.source(),
                    AbsoluteUnixPath.get(file.target()),
                    FilePermissions.fromOctalString(file.executable() ? "755" : "644"),
                    TIME);
        }
        return entries.build();
    }

    private static String architecture() {
        return System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "amd64";
    }
}
