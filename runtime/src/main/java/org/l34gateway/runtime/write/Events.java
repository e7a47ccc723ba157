// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.write;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kubernetes Events (events.k8s.io/v1) about objects. The same event about the same object is posted once per
 * {@link #QUIET}; a failed post is logged and forgotten, since an event is a hint and never the only trace.
 */
public final class Events {
    /** How long a repeated event is kept back. */
    public static final Duration QUIET = Duration.ofMinutes(10);

    /** The two types that Kubernetes knows. */
    public enum Severity {
        NORMAL("Normal"),
        WARNING("Warning");

        private final String type;

        Severity(String type) {
            this.type = type;
        }
    }

    /**
     * What to say about an object.
     *
     * @param action what was tried, in CamelCase: {@code AssignIdentifier}
     * @param reason why this event, in CamelCase: {@code NoIdentifierLeft}
     * @param note a sentence for a person; cut at 1,024 bytes, the API's limit
     */
    public record Notice(HasMetadata about, Severity severity, String action, String reason, String note) {}

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final int REMEMBERED = 2_000;
    private static final int NOTE_CHARS = 1_000;
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final KubernetesClient client;
    private final String controller;
    private final String instance;
    private final InstantSource clock;
    private final AtomicLong serial = new AtomicLong();
    private final Map<String, Instant> posted = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > REMEMBERED;
        }
    };

    /**
     * @param controller the process' name, {@code l34gateway/node-agent}
     * @param instance the pod's name
     */
    public Events(KubernetesClient client, String controller, String instance, InstantSource clock) {
        this.client = client;
        this.controller = controller;
        this.instance = instance;
        this.clock = clock;
    }

    /** Posts the event unless the same one was posted lately. */
    public void post(Notice notice) {
        if (!due(notice)) {
            return;
        }
        Event event = event(notice);
        try {
            client.resource(event).create();
        } catch (KubernetesClientException e) {
            LOG.warn(
                    "event={} object={} not posted",
                    notice.reason(),
                    event.getRegarding().getName(),
                    e);
        }
    }

    private synchronized boolean due(Notice notice) {
        String key = notice.about().getMetadata().getUid() + " " + notice.reason() + " " + notice.note();
        Instant now = clock.instant();
        Instant before = posted.get(key);
        if (before != null && now.isBefore(before.plus(QUIET))) {
            return false;
        }
        // Moves the key to the end, so that the eldest entry is the one that was posted longest ago.
        posted.remove(key);
        posted.put(key, now);
        return true;
    }

    private Event event(Notice notice) {
        HasMetadata about = notice.about();
        String namespace = Objects.requireNonNullElse(about.getMetadata().getNamespace(), "default");
        Instant now = clock.instant();
        String suffix = Long.toHexString(now.toEpochMilli()) + Long.toHexString(serial.getAndIncrement());
        String note = notice.note();
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(about.getMetadata().getName() + "." + suffix)
                .endMetadata()
                .withEventTime(new MicroTime(MICROS.format(now)))
                .withReportingController(controller)
                .withReportingInstance(instance)
                .withType(notice.severity().type)
                .withAction(notice.action())
                .withReason(notice.reason())
                .withNote(note.length() <= NOTE_CHARS ? note : note.substring(0, NOTE_CHARS) + "…")
                .withRegarding(new ObjectReferenceBuilder()
                        .withApiVersion(about.getApiVersion())
                        .withKind(about.getKind())
                        .withNamespace(about.getMetadata().getNamespace())
                        .withName(about.getMetadata().getName())
                        .withUid(about.getMetadata().getUid())
                        .withResourceVersion(about.getMetadata().getResourceVersion())
                        .build())
                .build();
    }
}
