// SPDX-License-Identifier: Apache-2.0
/**
 * JSON (RFC 8259) as CNI needs it: read strictly, written compactly. Start at {@link org.l34gateway.cni.json.Json}.
 *
 * <p>Our own because TeaVM has no reflection and a plugin lives for a millisecond.
 */
@NullMarked
package org.l34gateway.cni.json;

import org.jspecify.annotations.NullMarked;
