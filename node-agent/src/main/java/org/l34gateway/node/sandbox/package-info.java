// SPDX-License-Identifier: Apache-2.0
/**
 * The sandboxes of this node's pods: finding them, reading what they hold, changing it through the libraries of the CNI
 * plugins. Start at {@link org.l34gateway.node.sandbox.Sandboxes}. What they should hold is decided in {@code plan}.
 */
@NullMarked
package org.l34gateway.node.sandbox;

import org.jspecify.annotations.NullMarked;
