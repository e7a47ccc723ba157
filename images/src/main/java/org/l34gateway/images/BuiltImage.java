// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import java.nio.file.Path;

/**
 * An image as a file.
 *
 * @param name {@code l34-gateway}, {@code bird} or {@code target-application}
 * @param reference how pods name it: {@code l34.local/l34-gateway:0.1.0-SNAPSHOT}
 * @param fingerprint 64 hex digits; another one means another content
 * @param tar docker-archive that holds the image under {@code reference}
 */
public record BuiltImage(String name, String reference, String fingerprint, Path tar) {}
