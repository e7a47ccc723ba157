// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.l34gateway.lab.host.Host;

/** What the kernel tells about addresses in some network namespaces of a node ({@code ip monitor}), with the time of each. */
final class AddressNews implements AutoCloseable {
    /** Ends with its input, so that it does not outlive this JVM; {@code kill 0} is for its own session. */
    private static final String MONITOR = """
            for netns in "$@"; do
              ip -n "$netns" -o monitor address | sed -u "s/^/$netns /" &
            done
            cat > /dev/null
            kill 0
            """;

    private final Process monitor;
    private final Map<String, Long> nanosByNews = new ConcurrentHashMap<>();

    private AddressNews(Process monitor) {
        this.monitor = monitor;
    }

    static AddressNews of(Host node, List<String> namespaces) {
        List<String> words = new ArrayList<>(List.of("setsid", "bash", "-c", MONITOR, "monitor"));
        words.addAll(namespaces);
        AddressNews news = new AddressNews(node.command(words).start());
        Thread.ofPlatform().daemon().name("address-news").start(news::read);
        return news;
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(monitor.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // NETNS INDEX: lo inet ADDRESS/LENGTH …
                String[] word = line.split("\\s+");
                if (word.length > 4 && word[2].equals("lo")) {
                    nanosByNews.putIfAbsent(word[0] + " " + word[4], System.nanoTime());
                }
            }
        } catch (IOException closed) {
            // Whoever waits for news says so when none come.
        }
    }

    /** When ({@link System#nanoTime}) each of the namespaces got the IPv4 address on lo, as far as it did. */
    List<Long> nanosOf(String address) {
        return nanosByNews.entrySet().stream()
                .filter(news -> news.getKey().endsWith(" " + address + "/32"))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public void close() {
        try {
            monitor.getOutputStream().close();
        } catch (IOException gone) {
            // Then it has ended already.
        }
    }
}
