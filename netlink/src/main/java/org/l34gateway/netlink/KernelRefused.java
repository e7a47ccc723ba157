// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

/** The kernel refused a request for a reason that the caller did not expect. Says which request, about what, and why. */
public final class KernelRefused extends RuntimeException {
    private final String request;
    private final String target;
    private final int errno;

    /**
     * @param request name of the message or system call, such as {@code RTM_NEWROUTE}
     * @param target what it was about, as text
     * @param errno positive error number
     */
    public KernelRefused(String request, String target, int errno) {
        this(request, target, errno, "");
    }

    /**
     * With the kernel's own words.
     *
     * @param explanation the kernel's own words (extended acknowledgement, Linux 4.12), empty when it gave none
     */
    public KernelRefused(String request, String target, int errno, String explanation) {
        super(request + " " + target + ": " + Errno.name(errno)
                + (explanation.isEmpty() ? "" : " (" + explanation + ")"));
        this.request = request;
        this.target = target;
        this.errno = errno;
    }

    public String request() {
        return request;
    }

    public String target() {
        return target;
    }

    /** Positive error number. */
    public int errno() {
        return errno;
    }
}
