// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import java.util.Comparator;
import java.util.List;

/**
 * One layer: what changes together goes together, the rarest changes first.
 *
 * @param files sorted by target, so that the order in which a folder was read does not change the image
 */
public record Layer(String name, List<LayerFile> files) {
    /** @throws IllegalArgumentException when two files have one target */
    public Layer {
        files = files.stream().sorted(Comparator.comparing(LayerFile::target)).toList();
        for (int i = 1; i < files.size(); i++) {
            if (files.get(i).target().equals(files.get(i - 1).target()))
                throw new IllegalArgumentException(
                        "layer " + name + " has " + files.get(i).target() + " twice");
        }
    }
}
