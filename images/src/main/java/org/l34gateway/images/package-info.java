// SPDX-License-Identifier: Apache-2.0
/**
 * Builds the container images of the product from the jars of this build and Debian packages.
 */
@NullMarked
package org.l34gateway.images;

import org.jspecify.annotations.NullMarked;
