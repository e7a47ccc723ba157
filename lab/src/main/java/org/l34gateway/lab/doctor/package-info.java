// SPDX-License-Identifier: Apache-2.0
/** What this machine can do: tried, not guessed, in namespaces that vanish with the try. Start at {@link Doctor}. */
@NullMarked
package org.l34gateway.lab.doctor;

import org.jspecify.annotations.NullMarked;
