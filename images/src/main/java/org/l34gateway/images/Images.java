// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.l34gateway.images.debian.DebianPackages;

/**
 * Builds all images of the product from a built repository ({@code mvn package}) on a Debian machine with JDK 25.
 *
 * @param root of the repository
 * @param cache for Debian packages, Java runtimes and compressed layers; outside the repository
 * @param progress told one line per step that takes time
 */
public record Images(Path root, Path cache, Consumer<String> progress) {
    /** First part of the names of images that no registry has. */
    public static final String LOCAL = "l34.local";

    /** {@link #buildInto} with the usual cache and progress on stdout. */
    public static List<BuiltImage> build(Path root, Path outDir) throws IOException, InterruptedException {
        return new Images(root, usualCache(), System.out::println).buildInto(outDir, Recipes.NAMES);
    }

    /** {@code $XDG_CACHE_HOME/l34-gateway/images}, or below {@code ~/.cache}. */
    public static Path usualCache() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return base.resolve("l34-gateway/images");
    }

    /** The version that stands in the images' names: that of this build. */
    public static String version() {
        var properties = new Properties();
        try (InputStream in = Images.class.getResourceAsStream("version.properties")) {
            if (in == null) throw new IllegalStateException("version.properties is not on the class path");
            properties.load(in);
        } catch (IOException unreadable) {
            throw new IllegalStateException("version.properties cannot be read", unreadable);
        }
        return properties.getProperty("version");
    }

    /** How pods name an image that was built here: {@code l34.local/NAME:VERSION}. */
    public static String reference(String registry, String name) {
        return registry + "/" + name + ":" + version();
    }

    /**
     * Writes {@code NAME.tar} for each of {@code names}; one whose content has not changed since is left as it is.
     *
     * @throws IllegalArgumentException when there is no such image
     * @throws IllegalStateException when something was not built, or a Debian package is not to be had
     */
    public List<BuiltImage> buildInto(Path outDir, List<String> names) throws IOException, InterruptedException {
        Files.createDirectories(outDir);
        var built = new ArrayList<BuiltImage>();
        var writer = new ImageTar(Files.createDirectories(cache.resolve("layers")));
        withRecipes(names, recipe -> {
            String fingerprint = recipe.fingerprint();
            Path tar = outDir.resolve(recipe.name() + ".tar");
            // Beside the tar and written after it: a build that was killed leaves no note of a tar that is half there.
            Path note = outDir.resolve(recipe.name() + ".fingerprint");
            String reference = reference(LOCAL, recipe.name());
            String wanted = fingerprint + " " + reference;
            if (Files.exists(tar)
                    && Files.exists(note)
                    && Files.readString(note).equals(wanted)) {
                progress.accept("image " + recipe.name() + " is up to date");
            } else {
                Files.deleteIfExists(note);
                Path fresh = outDir.resolve(recipe.name() + ".tar.new");
                writer.write(recipe, reference, fresh);
                Files.move(fresh, tar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                Files.writeString(note, wanted);
                progress.accept("image " + recipe.name() + ": " + (Files.size(tar) >> 20) + " MiB");
            }
            built.add(new BuiltImage(recipe.name(), reference, fingerprint, tar));
        });
        return List.copyOf(built);
    }

    /** Pushes every image as {@code REGISTRY/NAME:VERSION}. */
    public void push(String registry) throws IOException, InterruptedException {
        var writer = new ImageTar(Files.createDirectories(cache.resolve("layers")));
        withRecipes(Recipes.NAMES, recipe -> {
            String reference = reference(registry, recipe.name());
            progress.accept(reference + " " + writer.push(recipe, reference));
        });
    }

    private interface Use {
        void accept(Recipe recipe) throws IOException, InterruptedException;
    }

    private void withRecipes(List<String> names, Use use) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("l34-images-");
        try {
            var runtime = JavaRuntime.in(cache, progress);
            var recipes = new Recipes(
                    new ProductFiles(root, version()),
                    new DebianPackages(cache.resolve("debian"), progress),
                    runtime,
                    new ClassArchive(cache, runtime, progress),
                    work);
            for (String name : names) use.accept(recipes.recipe(name));
        } finally {
            Command.output(Path.of("/"), List.of("rm", "-rf", work.toString()));
        }
    }
}
