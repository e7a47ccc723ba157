// SPDX-License-Identifier: Apache-2.0
/**
 * The custom resources of this project, the names that users write, and the Multus formats that it reads and writes. What they mean is decided in {@code routing} and {@code attachments}.
 */
@NullMarked
package org.l34gateway.api;

import org.jspecify.annotations.NullMarked;
