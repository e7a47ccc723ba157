// SPDX-License-Identifier: Apache-2.0
/** Puts the CNI plugins where the node's runtime finds them, and takes them away. Start at {@link org.l34gateway.node.install.PluginInstall}. */
@NullMarked
package org.l34gateway.node.install;

import org.jspecify.annotations.NullMarked;
