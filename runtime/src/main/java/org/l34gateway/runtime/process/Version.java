// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The project's version as the build wrote it into this module. */
public record Version(String text) {
    private static final String RESOURCE = "/org/l34gateway/runtime/version.properties";

    /**
     * Reads it.
     *
     * @throws UncheckedIOException when the build left the resource out
     */
    public static Version current() {
        try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException(RESOURCE + " is not on the class path");
            }
            Properties properties = new Properties();
            properties.load(in);
            return new Version(properties.getProperty("version", "unknown"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
