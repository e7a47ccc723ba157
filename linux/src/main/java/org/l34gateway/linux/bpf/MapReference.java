// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

/**
 * What a program says to mean a map.
 *
 * @param name for humans
 * @param fd of this process, while the program is loaded
 */
public record MapReference(String name, int fd) {}
