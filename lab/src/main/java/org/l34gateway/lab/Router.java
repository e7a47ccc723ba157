// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import java.util.ArrayList;
import java.util.List;
import org.l34gateway.lab.host.Host;
import org.l34gateway.lab.process.Outcome;

/** An outside router. */
public record Router(Host host) {

    /** Runs a program on the router. */
    public Outcome exec(String... words) {
        return host.command(words).run();
    }

    /** What {@code birdc ARGUMENTS} prints, without its greeting. */
    public String birdc(String... arguments) {
        var words = new ArrayList<>(List.of("birdc", "-r"));
        words.addAll(List.of(arguments));
        return host.command(words)
                .output()
                .lines()
                .filter(line -> !line.startsWith("BIRD ") && !line.startsWith("Access restricted"))
                .reduce("", (text, line) -> text + line + "\n");
    }

    /** BGP sessions with gateways, as BIRD names and reports them. */
    public List<BgpSession> sessions() {
        return BgpSession.parse(birdc("show", "protocols"));
    }
}
