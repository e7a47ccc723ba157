// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.l34gateway.api.FormatException;

/** Trusts a server as an API server does, by caBundle, name and validity, but on a clock that tests move. */
public final class PinnedTime extends X509ExtendedTrustManager {
    private final Set<TrustAnchor> anchors;
    private final String dnsName;
    private final InstantSource clock;

    private PinnedTime(Set<TrustAnchor> anchors, String dnsName, InstantSource clock) {
        this.anchors = anchors;
        this.dnsName = dnsName;
        this.clock = clock;
    }

    /** A client's context that trusts {@code bundle} (PEM). */
    public static SSLContext trusting(String bundle, String dnsName, InstantSource clock)
            throws FormatException, GeneralSecurityException {
        Set<TrustAnchor> anchors = Pem.certificates(bundle.getBytes(StandardCharsets.US_ASCII)).stream()
                .map(each -> new TrustAnchor(each, null))
                .collect(Collectors.toSet());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new PinnedTime(anchors, dnsName, clock)}, null);
        return context;
    }

    @Override
    @SuppressWarnings("JavaUtilDate") // PKIXParameters speaks it
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        try {
            if (chain[0].getSubjectAlternativeNames().stream().noneMatch(name -> dnsName.equals(name.get(1)))) {
                throw new CertificateException("not a certificate of " + dnsName);
            }
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(clock.instant()));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(chain)), parameters);
        } catch (GeneralSecurityException e) {
            throw new CertificateException(e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("a client trusts servers only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("a client trusts servers only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("a client trusts servers only");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
