// SPDX-License-Identifier: Apache-2.0
/**
 * What a plugin needs from the machine, as a port ({@link org.l34gateway.cni.host.Host}) with two implementations:
 * {@code JvmHost} through JNA, {@code NativeHost} through libc in the executables that TeaVM makes.
 */
@NullMarked
package org.l34gateway.cni.host;

import org.jspecify.annotations.NullMarked;
