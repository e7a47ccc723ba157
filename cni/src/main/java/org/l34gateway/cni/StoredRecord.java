// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

/** What is found in the place of an attachment's record. */
public sealed interface StoredRecord {
    /** Whether it is there, and another plugin's: both are in one chain and share an interface name and a directory. */
    default boolean isOfAnother(String plugin) {
        return this instanceof Found(AttachmentRecord record)
                && !record.plugin().equals(plugin);
    }

    /** A record of this boot. */
    record Found(AttachmentRecord attachment) implements StoredRecord {}

    /** No file. */
    record Missing() implements StoredRecord {}

    /** A record of another boot: its namespace is gone, and the path may be somebody else's by now. */
    record Stale() implements StoredRecord {}

    /** Empty, cut or foreign content. */
    record Unreadable(String why) implements StoredRecord {}
}
