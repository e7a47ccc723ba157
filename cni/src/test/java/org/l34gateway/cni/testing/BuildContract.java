// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the build keeps to, so that anybody can make the executable again and find that it is the one that we ship. */
public interface BuildContract {
    long MOST_BYTES = 2 << 20;

    /** The class with which the executable starts. */
    Class<?> main();

    /** The executable's name. */
    String name();

    @Test
    default void two_builds_give_the_same_small_executable(@TempDir Path directory) throws Exception {
        Path built = Path.of("target/native", name());
        assumeTrue(Files.exists(built), "skipped: no gcc");
        Path again = directory.resolve("somewhere/else").resolve(name());
        NativeExecutable.main(new String[] {
            main().getName(), again.toString(), directory.resolve("other-c").toString(), "true"
        });

        assertThat(again).hasSameBinaryContentAs(built);
        assertThat(built).isNotEmptyFile();
        assertThat(Files.size(built)).isLessThan(MOST_BYTES);
    }
}
