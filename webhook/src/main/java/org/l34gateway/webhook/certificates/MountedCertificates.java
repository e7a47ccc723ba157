// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.l34gateway.api.FormatException;

/**
 * The files {@code tls.crt} and {@code tls.key} of a mounted Secret of type {@code kubernetes.io/tls}, as cert-manager
 * fills it. Whoever fills it publishes its CA too.
 *
 * @param directory the mount
 */
public record MountedCertificates(Path directory) implements CertificateSource {
    @Override
    public Reading read() {
        try {
            // The kubelet swaps the link ..data; both files are read from one side of the swap.
            Path data = directory.resolve("..data");
            Path from = Files.exists(data) ? data.toRealPath() : directory;
            return new Reading.Usable(new ServerIdentity(
                    Pem.certificates(Files.readAllBytes(from.resolve("tls.crt"))),
                    Pem.key(Files.readString(from.resolve("tls.key")))));
        } catch (NoSuchFileException e) {
            return new Reading.Waiting(e.getFile() + " is missing");
        } catch (IOException | FormatException | IllegalArgumentException e) {
            return new Reading.Waiting(directory + ": " + e.getMessage());
        }
    }
}
