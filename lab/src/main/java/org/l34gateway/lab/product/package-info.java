// SPDX-License-Identifier: Apache-2.0
/**
 * The product in a lab: built from this repository, its images loaded, its charts installed. Start at
 * {@link org.l34gateway.lab.product.Product}. What is then done with it belongs to the demo and to tests.
 */
@NullMarked
package org.l34gateway.lab.product;

import org.jspecify.annotations.NullMarked;
