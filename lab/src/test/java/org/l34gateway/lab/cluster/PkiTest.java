// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PkiTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void certificates_name_groups_users_and_addresses_and_are_signed_by_the_authority() throws Exception {
        var pki = new Pki(folder);
        pki.issue(
                "node1", "O=system:nodes,CN=system:node:node1", List.of("DNS:node1", "IP:172.30.0.11", "IP:fd00::11"));
        X509Certificate node = read(pki.certificate("node1"));
        assertThat(node.getSubjectX500Principal().getName()).isEqualTo("CN=system:node:node1,O=system:nodes");
        assertThat(node.getSubjectAlternativeNames().stream().map(name -> String.valueOf(name.get(1))))
                .containsExactly("node1", "172.30.0.11", "fd00:0:0:0:0:0:0:11");
        var authority = read(pki.certificate("ca"));
        assertThatCode(() -> node.verify(authority.getPublicKey())).doesNotThrowAnyException();
        assertThat(authority.getBasicConstraints()).isGreaterThanOrEqualTo(0);
        assertThat(node.getBasicConstraints()).isEqualTo(-1);
    }

    @Test
    void keys_are_for_their_owner_only() throws IOException {
        var pki = new Pki(folder);
        for (String file : List.of("ca.key", "sa.key")) {
            assertThat(Files.getPosixFilePermissions(folder.resolve(file)))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
        assertThat(pki.key("ca")).content().startsWith("-----BEGIN PRIVATE KEY-----\n");
    }

    private static X509Certificate read(Path file) throws IOException, CertificateException {
        try (var in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
