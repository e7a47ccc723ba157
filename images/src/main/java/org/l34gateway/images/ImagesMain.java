// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code images build} and {@code images push REGISTRY}. */
@Command(
        name = "images",
        description = "Container images of the product, without a container engine.",
        mixinStandardHelpOptions = true,
        subcommands = {ImagesMain.Build.class, ImagesMain.Push.class})
public final class ImagesMain {
    private ImagesMain() {}

    /** Exits with 0, with 1 when an image cannot be built, with 2 when an argument is wrong. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ImagesMain())
                .setExecutionExceptionHandler((failure, command, _) -> {
                    command.getErr().println(failure.getMessage());
                    return 1;
                })
                .execute(args));
    }

    /** Where things are. */
    static final class Places {
        @Option(names = "--root", description = "the repository (default: the current folder)")
        Path root = Path.of("");

        @Option(names = "--cache", description = "default: l34-gateway/images in the user's cache folder")
        @Nullable
        Path cache;

        Images images() {
            return new Images(
                    root.toAbsolutePath().normalize(),
                    cache == null ? Images.usualCache() : cache,
                    System.out::println);
        }
    }

    /** Tars for machines without a registry. */
    @Command(name = "build", mixinStandardHelpOptions = true, description = "Write NAME.tar for every image.")
    static final class Build implements Callable<Integer> {
        @CommandLine.Mixin
        Places places = new Places();

        @Option(names = "--output", description = "folder of the tars (default: images/target/images below the root)")
        @Nullable
        Path output;

        @Parameters(paramLabel = "NAME", description = "which images (default: all)", arity = "0..*")
        List<String> names = Recipes.NAMES;

        @Override
        public Integer call() throws Exception {
            var images = places.images();
            Path to = output == null ? images.root().resolve("images/target/images") : output;
            images.buildInto(to, names).forEach(image -> System.out.println(image.reference() + " " + image.tar()));
            return 0;
        }
    }

    /** For clusters that pull. */
    @Command(
            name = "push",
            mixinStandardHelpOptions = true,
            description = "Push every image as REGISTRY/NAME:VERSION with docker's credentials.")
    static final class Push implements Callable<Integer> {
        @CommandLine.Mixin
        Places places = new Places();

        @Parameters(paramLabel = "REGISTRY", description = "such as registry.example/team")
        String registry = "";

        @Override
        public Integer call() throws Exception {
            places.images().push(registry);
            return 0;
        }
    }
}
