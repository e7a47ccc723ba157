// SPDX-License-Identifier: Apache-2.0
/**
 * Which VIPs, rules and next hops a pod must have, and their encoding as Multus network selection elements. Pure functions over records: no client, no kernel, no clock.
 */
@NullMarked
package org.l34gateway.attachments;

import org.jspecify.annotations.NullMarked;
