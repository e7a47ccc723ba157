// SPDX-License-Identifier: Apache-2.0
/** The lab as a parameter of tests. Start at {@link LabExtension}. */
@NullMarked
package org.l34gateway.lab.junit;

import org.jspecify.annotations.NullMarked;
