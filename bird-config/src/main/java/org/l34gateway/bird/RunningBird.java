// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.io.UncheckedIOException;
import java.time.Duration;

/** A BIRD process with the directory that it shares with us: gives it configurations, and asks it how it does. */
public final class RunningBird {
    private final BirdDirectory directory;
    private final BirdControl control;

    public RunningBird(BirdDirectory directory, Duration timeout) {
        this.directory = directory;
        this.control = new BirdControl(directory.controlSocket(), timeout);
    }

    /** For questions. */
    public BirdControl control() {
        return control;
    }

    /**
     * Has BIRD judge the configuration, and only then puts it where BIRD finds it at a restart, and in effect. Applying
     * what is in effect already restarts no session.
     *
     * @throws BirdUnreachableException when BIRD does not answer. If it did not even judge, the file is in place
     *     nevertheless: a BIRD that comes back later must not come back with what is no longer wanted
     * @throws UncheckedIOException when the directory can not be written
     */
    public Reconfiguration apply(BirdConfiguration configuration) throws BirdUnreachableException {
        directory.writeCandidate(configuration.text());
        Reconfiguration judged;
        try {
            judged = control.check(directory.candidateConfiguration());
        } catch (BirdUnreachableException e) {
            directory.promoteCandidate();
            throw e;
        }
        return switch (judged) {
            case Reconfiguration.Refused refused -> refused;
            case Reconfiguration.Done _, Reconfiguration.UnderWay _, Reconfiguration.ShuttingDown _ -> {
                directory.promoteCandidate();
                yield control.configure();
            }
        };
    }
}
