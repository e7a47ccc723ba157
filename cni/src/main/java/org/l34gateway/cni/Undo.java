// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

import java.util.ArrayList;
import java.util.List;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;

/** What must be done to take back the steps of a change that failed in the middle, last step first. */
public final class Undo {
    private final List<Runnable> steps = new ArrayList<>();

    /**
     * Makes a step, and notes how to take it back. That is kept also when the kernel's answer got lost (ENOBUFS): the step may
     * have been made, so taking it back must do no harm when it was not.
     */
    public void step(Runnable step, Runnable back) {
        try {
            step.run();
        } catch (KernelRefused refused) {
            if (refused.errno() == Errno.ENOBUFS) {
                steps.add(back);
            }
            throw refused;
        }
        steps.add(back);
    }

    /** Takes everything back. Returns false when the kernel refused a part of it, after trying the rest. */
    public boolean run() {
        List<Runnable> refused = new ArrayList<>();
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (!succeeds(steps.get(i))) {
                refused.add(steps.get(i));
            }
        }
        return refused.isEmpty();
    }

    private static boolean succeeds(Runnable step) {
        try {
            step.run();
            return true;
        } catch (KernelRefused refused) {
            return false;
        }
    }
}
