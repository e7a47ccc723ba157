// SPDX-License-Identifier: Apache-2.0
/** Which hosts a lab has, how they are wired and which addresses they have, as values and as text for {@code ip}. Nothing here acts. */
@NullMarked
package org.l34gateway.lab.topology;

import org.jspecify.annotations.NullMarked;
