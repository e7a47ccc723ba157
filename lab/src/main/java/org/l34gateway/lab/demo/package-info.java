// SPDX-License-Identifier: Apache-2.0
/** The story that {@code ./l34 demo} tells, on a lab with the product. It acts through their public types only. */
@NullMarked
package org.l34gateway.lab.demo;

import org.jspecify.annotations.NullMarked;
