// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.admission;

import java.util.List;
import java.util.Map;
import org.l34gateway.attachments.Attachment;

/** What the cluster wants of a pod that is about to be created. */
@FunctionalInterface
public interface AttachmentLookup {
    /**
     * A quick look at what is known now: no request, no waiting.
     *
     * @param namespace of the pod
     * @param labels of the pod, which is not in the host's network
     */
    Found find(String namespace, Map<String, String> labels);

    /** Whether anybody can say. */
    sealed interface Found {
        /**
         * Everything was read.
         *
         * @param attachments one for each Gateway whose Services select the pod; empty for a pod that is no target
         */
        record Known(List<Attachment> attachments) implements Found {
            public Known {
                attachments = List.copyOf(attachments);
            }
        }

        /**
         * The cluster's objects were not all read yet.
         *
         * @param waitingFor one phrase for the person who creates the pod
         */
        record Unknown(String waitingFor) implements Found {}
    }
}
