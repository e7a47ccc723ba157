// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.linux.Netns;
import org.l34gateway.netlink.KernelRefused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stage, if the kernel lets this process have one. When anything of it fails it is closed, nftables has all packets, and the next
 * change tries again; when only what answers need is refused, nftables has the answers. Each reason is logged once. Counts may be
 * asked for from any thread.
 */
public final class OptionalStage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OptionalStage.class);

    private final Netns netns;
    private final Set<String> reasons = new TreeSet<>();
    private @Nullable Stage stage;
    private @Nullable Change change;
    /** What earlier stages have counted. */
    private StageCounts before = StageCounts.NONE;

    private record Change(Wiring wiring, StageContent content) {}

    private OptionalStage(Netns netns) {
        this.netns = netns;
    }

    /** For the calling thread's network namespace, whatever thread uses it later. There is no stage yet. */
    public static OptionalStage open() {
        return new OptionalStage(Netns.current());
    }

    /**
     * Before nftables changes: from now on the stage sends nothing on that will go another way.
     *
     * @param wiring null when there is no way to targets
     */
    public synchronized void prepare(@Nullable Wiring wiring, StageContent content) {
        change = null;
        before = before.of(content.flows(), content.targets().values());
        if (wiring == null) {
            end();
            return;
        }
        attempt(() -> {
            StageShape shape = StageShape.of(wiring.internal(), wiring.mtuBytes(), content);
            if (stage != null && !stage.holds(shape, content)) {
                end();
            }
            Stage now = stage == null ? new Stage(shape) : stage;
            stage = now;
            now.keepAnswers(wiring.answers());
            now.forget(content);
            change = new Change(wiring, content);
        });
    }

    /** After nftables has changed. */
    public synchronized void finish() {
        attempt(() -> {
            if (stage != null && change != null) {
                stage.learn(change.content());
                attach(stage, change.wiring().external());
                answer(stage, change.wiring().answers());
            }
        });
    }

    private void attach(Stage now, Set<Integer> interfaces) {
        if (!now.isAttachedTo(interfaces)) {
            inside(() -> now.attach(interfaces));
            LOG.info("eBPF stage at interfaces {}", interfaces);
        }
    }

    /** What is refused here is only what answers need. */
    private void answer(Stage now, @Nullable AnswerRoutes routes) {
        if (routes == null || now.answers()) {
            return;
        }
        try {
            inside(() -> now.answer(routes));
            LOG.info("eBPF stage for answers at interface {}", routes.internal());
        } catch (KernelRefused refused) {
            if (reasons.add(String.valueOf(refused.getMessage()))) {
                LOG.warn("no eBPF stage for answers, nftables has them: {}", refused.getMessage());
            }
        }
    }

    private void inside(Runnable work) {
        try {
            netns.callInside(() -> {
                work.run();
                return true;
            });
        } catch (RuntimeException refused) {
            throw refused;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while attaching", interrupted);
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void attempt(Runnable work) {
        try {
            work.run();
        } catch (KernelRefused refused) {
            end();
            if (reasons.add(String.valueOf(refused.getMessage()))) {
                LOG.warn("no eBPF stage, nftables has all packets: {}", refused.getMessage());
            }
        }
    }

    /** There is no stage from now on. */
    public synchronized void end() {
        change = null;
        if (stage != null) {
            before = before.plus(stage.counts());
            stage.close();
            stage = null;
        }
    }

    /** What stages have sent on since this was opened; a count begins anew when its flow or target was away. */
    public synchronized StageCounts counts() {
        return stage == null ? before : before.plus(stage.counts());
    }

    @Override
    public synchronized void close() {
        end();
        netns.close();
    }
}
