// SPDX-License-Identifier: Apache-2.0
/**
 * Files out of Debian packages, without installing them: which packages, their closure, download, and which of their
 * files an image needs. Start at {@link org.l34gateway.images.debian.DebianPackages}. Needs apt's package lists.
 */
@NullMarked
package org.l34gateway.images.debian;

import org.jspecify.annotations.NullMarked;
