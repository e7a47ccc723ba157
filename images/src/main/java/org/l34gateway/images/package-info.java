// SPDX-License-Identifier: Apache-2.0
/**
 * The container images of the product, made from the jars of this build, a runtime cut out of the JDK and Debian
 * packages; no registry, no container engine. Start at {@link org.l34gateway.images.Images}; what is in which image
 * stands in {@link org.l34gateway.images.Recipes}.
 *
 * <p>A recipe is plain data (which file goes where), so it can be compared, printed and hashed; only
 * {@link org.l34gateway.images.ImageTar} knows Jib. Nothing here knows Kubernetes.
 */
@NullMarked
package org.l34gateway.images;

import org.jspecify.annotations.NullMarked;
