// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

/** A place in a program that is jumped to; its name is one of the program's. */
public record Label(String name) {
    @Override
    public String toString() {
        return name;
    }
}
