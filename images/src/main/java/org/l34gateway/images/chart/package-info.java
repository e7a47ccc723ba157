// SPDX-License-Identifier: Apache-2.0
/**
 * Helm charts to manifests, by Helm's own library and without a helm binary. Start at
 * {@link org.l34gateway.images.chart.Charts}. Talks to no cluster.
 */
@NullMarked
package org.l34gateway.images.chart;

import org.jspecify.annotations.NullMarked;
