// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

import java.util.ArrayList;
import java.util.List;
import org.l34gateway.netlink.KernelRefused;

/** What must be done to take back the steps of a change that failed in the middle, last step first. */
public final class Undo {
    private final List<Runnable> steps = new ArrayList<>();

    /** Notes how to take back a step that was just made. */
    public void add(Runnable step) {
        steps.add(step);
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
