// SPDX-License-Identifier: Apache-2.0
/**
 * What the pods of one node must hold, from what the cluster says and what the kernel holds: pure functions over records,
 * no client, no kernel, no clock. Start at {@link org.l34gateway.node.plan.PodPlan}; what may be taken away is said by
 * {@link org.l34gateway.node.plan.Carriers} and {@link org.l34gateway.node.plan.Unwanted}, what is told to the cluster
 * by {@link org.l34gateway.node.plan.AttachedCondition} and {@link org.l34gateway.node.plan.ReportContent}.
 */
@NullMarked
package org.l34gateway.node.plan;

import org.jspecify.annotations.NullMarked;
