// SPDX-License-Identifier: Apache-2.0
/**
 * From the bytes of an AdmissionReview to the bytes of its answer, without sockets, threads or clocks. Start at
 * {@link org.l34gateway.webhook.admission.PodAdmission}. What a pod must have is asked of
 * {@link org.l34gateway.webhook.admission.AttachmentLookup}; here it only becomes a JSON Patch.
 */
@NullMarked
package org.l34gateway.webhook.admission;

import org.jspecify.annotations.NullMarked;
