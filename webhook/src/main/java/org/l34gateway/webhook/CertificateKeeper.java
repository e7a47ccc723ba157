// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.l34gateway.runtime.health.Check;
import org.l34gateway.runtime.health.Verdict;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.loop.Reconciler;
import org.l34gateway.webhook.certificates.CertificateSource;
import org.l34gateway.webhook.certificates.CertificateSource.Reading;
import org.l34gateway.webhook.certificates.ServerIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for a certificate every few seconds and shows it when it is another one. */
final class CertificateKeeper implements Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateKeeper.class);
    /** An expired certificate is replaced, and an overwritten caBundle repaired, within this. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final CertificateSource source;
    private final Show show;
    private final InstantSource clock;
    private volatile @Nullable ServerIdentity shown;
    private String waitingFor = "";

    /** Shows a certificate from the next handshake on. */
    @FunctionalInterface
    interface Show {
        void show(ServerIdentity identity) throws TimeoutException;
    }

    CertificateKeeper(CertificateSource source, Show show, InstantSource clock) {
        this.source = source;
        this.show = show;
        this.clock = clock;
    }

    @Override
    public Outcome reconcile() throws TimeoutException {
        switch (source.read()) {
            case Reading.Usable(ServerIdentity identity) -> {
                waitingFor = "";
                if (!identity.equals(shown)) {
                    show.show(identity);
                    shown = identity;
                }
            }
            case Reading.Waiting(String why) -> {
                if (!why.equals(waitingFor)) {
                    LOG.warn("no new certificate: {}", why);
                    waitingFor = why;
                }
            }
        }
        return Outcome.after(LOOK);
    }

    /** Unhealthy until a certificate is shown, and while it has expired. */
    Check valid() {
        return () -> {
            ServerIdentity identity = shown;
            if (identity == null) {
                return Verdict.unhealthy("no certificate yet");
            }
            return identity.notAfter().isAfter(clock.instant())
                    ? Verdict.healthy()
                    : Verdict.unhealthy("expired at " + identity.notAfter());
        };
    }
}
