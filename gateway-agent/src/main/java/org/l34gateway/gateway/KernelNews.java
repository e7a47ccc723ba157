// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import java.util.function.Consumer;
import org.l34gateway.bird.BirdConfiguration;
import org.l34gateway.linux.KernelWatch;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.KernelObject;
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.Notification;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.Rule;

/**
 * Makes the agent look again when interfaces, addresses or routes of the pod change: an interface that Multus made may
 * come up after the agent started, and BIRD's default routes come and go by themselves.
 */
final class KernelNews implements AutoCloseable {
    static final int GROUPS = Notification.GROUP_LINK
            | Notification.GROUP_IPV4_ADDRESS
            | Notification.GROUP_IPV6_ADDRESS
            | Notification.GROUP_IPV4_ROUTE
            | Notification.GROUP_IPV6_ROUTE;

    private final KernelWatch watch;
    private final Thread thread;

    private KernelNews(KernelWatch watch, Runnable onNews, Consumer<Throwable> onFailure) {
        this.watch = watch;
        this.thread = Thread.ofPlatform().name("kernel-news").unstarted(() -> listen(onNews, onFailure));
    }

    /**
     * Listens in the calling thread's network namespace.
     *
     * @param onNews must return at once
     * @param onFailure told when the kernel refuses to go on; nothing follows
     */
    static KernelNews start(Runnable onNews, Consumer<Throwable> onFailure) {
        KernelNews news = new KernelNews(KernelWatch.open(GROUPS), onNews, onFailure);
        news.thread.start();
        return news;
    }

    private void listen(Runnable onNews, Consumer<Throwable> onFailure) {
        try {
            while (!watch.isClosed()) {
                if (watch.await(-1).stream().anyMatch(KernelNews::matters)) {
                    onNews.run();
                }
            }
        } catch (RuntimeException e) {
            // The top of this thread: without news the agent would go on blind.
            onFailure.accept(e);
        } finally {
            watch.release();
        }
    }

    /**
     * Of routes only those that BIRD writes: without its default routes answers have no way out, and application pods must
     * be told at once. The routes to targets are the agent's own.
     */
    static boolean matters(Notification news) {
        return switch (news) {
            case Notification.Present(var object) -> matters(object);
            case Notification.Gone(var object) -> matters(object);
            case Notification.Missed() -> true;
        };
    }

    private static boolean matters(KernelObject object) {
        return switch (object) {
            case Link _, Address _ -> true;
            case Route route -> route.table() == BirdConfiguration.KERNEL_TABLE;
            case Neighbour _, Rule _ -> false;
        };
    }

    @Override
    public void close() {
        watch.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
