// SPDX-License-Identifier: Apache-2.0
/**
 * The agent of a node: installs the CNI plugins, applies changed attachments to running pods, and reports what the kernel holds.
 */
@NullMarked
package org.l34gateway.node;

import org.jspecify.annotations.NullMarked;
