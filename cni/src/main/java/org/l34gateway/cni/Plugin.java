// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

/**
 * What makes one CNI plugin different from another. Implementations throw {@link CniError} for what the caller can fix
 * and {@code KernelRefused} for the rest; both become an error result.
 */
public interface Plugin {
    /** Name of the executable, which is also the {@code type} in configurations. */
    String name();

    /** Makes the attachment, or changes it into what is asked for now. A failure leaves what was there before. */
    void add(AttachmentRecords records, Request request);

    /**
     * Removes the attachment and everything that the kernel holds for it. Whatever is gone already is no error.
     *
     * @param netns path from the runtime, empty when it told none
     */
    void remove(AttachmentRecords records, AttachmentKey key, String netns);

    /** Throws unless the kernel holds what the record says. */
    void check(AttachmentRecords records, Request request);
}
