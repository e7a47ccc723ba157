// SPDX-License-Identifier: Apache-2.0
/**
 * eBPF without a compiler: programs are written down as the instructions of RFC 9669, loaded with bpf(2) and attached where packets
 * come in by an interface (TCX, Linux 6.6). Start at {@link org.l34gateway.linux.bpf.Assembler} and
 * {@link org.l34gateway.linux.bpf.BpfProgram}.
 *
 * <p>What the kernel gives is a file descriptor; nothing is pinned, so all of it goes with the process. Byte order is the
 * machine's, field layouts are those of little-endian ones (amd64, arm64).
 */
@NullMarked
package org.l34gateway.linux.bpf;

import org.jspecify.annotations.NullMarked;
