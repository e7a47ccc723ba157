// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

/** What is found in the place of an attachment's record. */
public sealed interface StoredRecord {
    /** A record of this boot. */
    record Found(AttachmentRecord attachment) implements StoredRecord {}

    /** No file. */
    record Missing() implements StoredRecord {}

    /** A record of another boot: its namespace is gone, and the path may be somebody else's by now. */
    record Stale() implements StoredRecord {}

    /** Empty, cut or foreign content. */
    record Unreadable(String why) implements StoredRecord {}
}
