// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

/**
 * What the specification calls an attachment: a container and an interface name in it.
 *
 * @param containerId letters, digits, {@code _ . -}, starting with a letter or digit
 * @param ifname 1..15 characters, neither {@code .} nor {@code ..}, without {@code /}, {@code :} and white space
 */
public record AttachmentKey(String containerId, String ifname) implements Comparable<AttachmentKey> {
    /** @throws IllegalArgumentException when one of them can not be; the message quotes it */
    public AttachmentKey {
        if (!isIdentifier(containerId)) {
            throw new IllegalArgumentException("invalid characters in container id \"" + containerId + "\"");
        }
        if (ifname.isEmpty() || ifname.length() > 15 || ifname.equals(".") || ifname.equals("..") || bad(ifname)) {
            throw new IllegalArgumentException("invalid interface name \"" + ifname + "\"");
        }
    }

    private static boolean bad(String ifname) {
        for (int i = 0; i < ifname.length(); i++) {
            char c = ifname.charAt(i);
            if (c == '/' || c == ':' || c <= ' ' || c >= 0x7F) {
                return true;
            }
        }
        return false;
    }

    /** Whether a text is what container ids and network names may be (specification, section "Parameters"). */
    static boolean isIdentifier(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!alphanumeric && (i == 0 || (c != '_' && c != '.' && c != '-'))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    @Override
    public int compareTo(AttachmentKey other) {
        int byContainer = containerId.compareTo(other.containerId);
        return byContainer != 0 ? byContainer : ifname.compareTo(other.ifname);
    }

    @Override
    public String toString() {
        return containerId + "@" + ifname;
    }
}
