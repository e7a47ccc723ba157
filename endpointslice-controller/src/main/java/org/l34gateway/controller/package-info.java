// SPDX-License-Identifier: Apache-2.0
/**
 * The controller's process: what it watches, the loop that takes a snapshot, decides and writes slices, and the loop that
 * writes everything else. Start at {@link org.l34gateway.controller.ControllerMain} and {@code ControllerLoop}. The decisions are in the packages below
 * ({@code workload}, {@code slices}, {@code status}), pure functions over the snapshot's objects; what is accepted is
 * decided in {@code routing}.
 */
@NullMarked
package org.l34gateway.controller;

import org.jspecify.annotations.NullMarked;
