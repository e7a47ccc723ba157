// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Expected texts in src/test/resources/golden; {@code ./l34 golden} rewrites them. */
public final class Golden {
    private static final Path FOLDER = Path.of("src/test/resources/golden");

    private Golden() {}

    public static void assertGolden(String name, String text) throws IOException {
        Path file = FOLDER.resolve(name);
        if ("update".equals(System.getProperty("golden"))) {
            Files.writeString(file, text);
        }
        assertThat(text).isEqualTo(Files.readString(file));
    }
}
