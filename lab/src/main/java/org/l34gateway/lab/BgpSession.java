// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import java.util.List;

/**
 * A session that a gateway has opened with a router.
 *
 * @param name BIRD's: {@code gw4_} or {@code gw6_} and a number
 * @param state {@code up}, {@code start}…
 * @param since as BIRD prints it
 * @param info {@code Established} or what it is waiting for
 */
public record BgpSession(String name, String state, String since, String info) {

    /** Reads {@code show protocols}: NAME PROTO TABLE STATE SINCE INFO. The listeners themselves are left out. */
    static List<BgpSession> parse(String protocols) {
        return protocols
                .lines()
                .map(line -> line.split("\\s+", 6))
                .filter(fields -> fields.length >= 5 && fields[1].equals("BGP") && fields[0].matches("gw[46]_.*"))
                .map(fields ->
                        new BgpSession(fields[0], fields[3], fields[4], fields.length > 5 ? fields[5].strip() : ""))
                .toList();
    }
}
