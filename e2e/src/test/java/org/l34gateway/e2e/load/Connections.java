// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.l34gateway.target.SourceAddress;

/** New TCP connections to one address: each reads the host name, sends a line, wants it back and closes. */
record Connections(InetSocketAddress to, boolean ipv6, Ports ports, Journal journal) {
    /** Makes one; returns when it is over. */
    void make() {
        long sent = System.nanoTime();
        int port = ports.next();
        String target = "";
        String outcome;
        try (Socket socket = new Socket()) {
            bind(socket, to, port);
            socket.connect(to, (int) LoadMain.PATIENCE.toMillis());
            socket.setSoTimeout((int) LoadMain.PATIENCE.toMillis());
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            target = hostName(in);
            String line = "connection " + port;
            socket.getOutputStream().write((line + "\n").getBytes(US_ASCII));
            outcome = line.equals(in.readLine()) ? Exchange.OK : "wrong answer";
        } catch (BindException portTaken) {
            return; // Somebody else's port: nothing was sent.
        } catch (IOException failed) {
            outcome = Outcomes.of(failed);
        }
        journal.add(new Exchange(Exchange.Kind.CONNECTION, ipv6, port, 0, sent, System.nanoTime(), target, outcome));
    }

    static void bind(Socket socket, InetSocketAddress to, int port) throws IOException {
        socket.setReuseAddress(true);
        socket.setTcpNoDelay(true);
        socket.bind(new InetSocketAddress(SourceAddress.towards(to), port));
    }

    static String hostName(BufferedReader in) throws IOException {
        String name = in.readLine();
        if (name == null) {
            throw new IOException("closed before the host name");
        }
        return name;
    }
}
