// SPDX-License-Identifier: Apache-2.0
/**
 * What every CNI plugin of ours needs (CNI specification 1.1.0): verbs, network configuration, results, error codes,
 * attachment records and the lock of a sandbox. A plugin implements {@link org.l34gateway.cni.Plugin}, its executable is
 * {@link org.l34gateway.cni.CniProcess#run}; a daemon that changes running pods starts at
 * {@link org.l34gateway.cni.AttachmentRecords}.
 *
 * <p>Compiled by javac and by TeaVM: no reflection, no threads, no {@code java.net}. Only the JVM host may see module
 * {@code linux}.
 */
@NullMarked
package org.l34gateway.cni;

import org.jspecify.annotations.NullMarked;
