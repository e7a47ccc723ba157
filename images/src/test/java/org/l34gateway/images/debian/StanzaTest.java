// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images.debian;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StanzaTest {
    @Test
    void dependencies_are_names_and_the_first_of_alternatives() {
        var stanzas = Stanza.parse("""
                Package: bird2
                Version: 2.0.12-7
                Architecture: amd64
                Pre-Depends: init-system-helpers (>= 1.54~)
                Depends: libc6 (>= 2.34), libreadline8 (>= 6.0), perl:any, debconf (>= 0.5) | debconf-2.0
                Description: routing daemon
                 Depends: this line belongs to the description

                Package: zlib1g
                Version: 1:1.2.13.dfsg-1
                Architecture: amd64
                """);
        assertThat(stanzas.values())
                .containsExactly(
                        new Stanza(
                                "bird2",
                                "2.0.12-7",
                                "amd64",
                                List.of("init-system-helpers", "libc6", "libreadline8", "perl", "debconf")),
                        new Stanza("zlib1g", "1:1.2.13.dfsg-1", "amd64", List.of()));
    }
}
