// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import java.nio.file.Path;

/**
 * One file of an image.
 *
 * @param source on this machine; a symbolic link stands for what it points to, since layers here hold no links
 * @param target absolute path in the image
 * @param executable mode 0755 instead of 0644
 */
public record LayerFile(Path source, String target, boolean executable) {
    /** @throws IllegalArgumentException when the target is not a normal absolute path */
    public LayerFile {
        if (!target.startsWith("/") || !Path.of(target).normalize().toString().equals(target))
            throw new IllegalArgumentException("target must be a normal absolute path, got '" + target + "'");
    }
}
