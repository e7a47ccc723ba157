// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import java.util.List;

/**
 * What a change of a sandbox came to.
 *
 * @param changes what was changed, one phrase each; empty when everything was there
 * @param after what it holds now
 */
public record Applied(List<String> changes, Reading after) {
    public Applied {
        changes = List.copyOf(changes);
    }
}
