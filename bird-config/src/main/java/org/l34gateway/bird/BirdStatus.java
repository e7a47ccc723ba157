// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;

/**
 * {@code show status}.
 *
 * @param version for example {@code BIRD 2.0.12}
 * @param routerId the BGP Identifier in use; null when BIRD's text is not understood
 * @param started when this process started, by BIRD's clock and zone; another value means that BIRD was restarted
 * @param reconfigured when it last took a configuration
 */
public record BirdStatus(
        String version,
        @Nullable IpAddress routerId,
        @Nullable LocalDateTime started,
        @Nullable LocalDateTime reconfigured) {
    private static final String ROUTER_ID = "Router ID is ";
    private static final String STARTED = "Last reboot on ";
    private static final String RECONFIGURED = "Last reconfiguration on ";

    static BirdStatus of(Reply reply) {
        String version = "";
        IpAddress routerId = null;
        LocalDateTime started = null;
        LocalDateTime reconfigured = null;
        for (Reply.Line line : reply.lines()) {
            String text = line.text();
            if (line.code() == 1000) {
                version = text;
            } else if (text.startsWith(ROUTER_ID)) {
                routerId = BgpSession.address(text.substring(ROUTER_ID.length()));
            } else if (text.startsWith(STARTED)) {
                started = time(text.substring(STARTED.length()));
            } else if (text.startsWith(RECONFIGURED)) {
                reconfigured = time(text.substring(RECONFIGURED.length()));
            }
        }
        return new BirdStatus(version, routerId, started, reconfigured);
    }

    private static @Nullable LocalDateTime time(String text) {
        int space = text.indexOf(' ');
        return space < 0
                ? BirdTime.parse(text, "")
                : BirdTime.parse(text.substring(0, space), text.substring(space + 1));
    }
}
