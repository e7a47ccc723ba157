// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection that stays open, with a numbered line for each {@link #say}. Lines are sent whether or not earlier
 * ones were answered. When the connection breaks, everything unanswered is lost with it, and the next line opens a new one.
 */
final class Session {
    private final InetSocketAddress to;
    private final boolean ipv6;
    private final Ports ports;
    private final Journal journal;
    private @Nullable Line line;
    private boolean opening;

    /** One connection of the session. */
    private static final class Line {
        private final Socket socket;
        private final int port;
        private final String target;
        private final Deque<Long> unanswered = new ArrayDeque<>();
        private int answered;
        private int sent;

        private Line(Socket socket, int port, String target) {
            this.socket = socket;
            this.port = port;
            this.target = target;
        }
    }

    Session(InetSocketAddress to, boolean ipv6, Ports ports, Journal journal) {
        this.to = to;
        this.ipv6 = ipv6;
        this.ports = ports;
        this.journal = journal;
    }

    /** Sends the next line, or opens the connection when there is none. */
    void say() {
        Line now;
        synchronized (this) {
            now = line;
            if (now == null) {
                if (opening) {
                    return;
                }
                opening = true;
            }
        }
        if (now == null) {
            open();
        } else {
            write(now);
        }
    }

    /** How many sessions are open is told by their answers; a connection that cannot be opened counts as one of the new ones. */
    private void open() {
        long sent = System.nanoTime();
        int port = ports.next();
        try {
            Socket socket = new Socket();
            try {
                Connections.bind(socket, to, port);
                socket.connect(to, (int) LoadMain.PATIENCE.toMillis());
                socket.setSoTimeout((int) LoadMain.PATIENCE.toMillis());
                var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
                Line opened = new Line(socket, port, Connections.hostName(in));
                synchronized (this) {
                    line = opened;
                }
                Thread.ofVirtual().name("session-" + port).start(() -> read(opened, in));
            } catch (IOException failed) {
                socket.close();
                throw failed;
            }
        } catch (BindException portTaken) {
            return; // The next line tries another one.
        } catch (IOException failed) {
            journal.add(new Exchange(
                    Exchange.Kind.CONNECTION, ipv6, port, 0, sent, System.nanoTime(), "", Outcomes.of(failed)));
        } finally {
            synchronized (this) {
                opening = false;
            }
        }
    }

    private void write(Line now) {
        int number;
        synchronized (now) {
            number = now.sent++;
            now.unanswered.add(System.nanoTime());
        }
        try {
            now.socket.getOutputStream().write((number + "\n").getBytes(US_ASCII));
        } catch (IOException failed) {
            broken(now, Outcomes.of(failed));
        }
    }

    private void read(Line now, BufferedReader in) {
        try {
            while (true) {
                String answer = in.readLine();
                if (answer == null) {
                    throw new IOException("closed");
                }
                long sent;
                int number;
                synchronized (now) {
                    number = now.answered++;
                    Long first = now.unanswered.poll();
                    sent = first == null ? System.nanoTime() : first;
                }
                boolean right = answer.equals(Integer.toString(number));
                journal.add(exchange(now, number, sent, right ? Exchange.OK : "wrong answer"));
            }
        } catch (IOException failed) {
            broken(now, Outcomes.of(failed));
        }
    }

    private void broken(Line now, String outcome) {
        synchronized (this) {
            if (line != now) {
                return;
            }
            line = null;
        }
        synchronized (now) {
            // Also when nothing was under way: a broken connection is a loss by itself.
            long first = now.unanswered.isEmpty() ? System.nanoTime() : now.unanswered.peek();
            journal.add(exchange(now, now.answered, first, outcome));
        }
        close(now.socket);
    }

    private Exchange exchange(Line now, int number, long sent, String outcome) {
        return new Exchange(
                Exchange.Kind.SESSION, ipv6, now.port, number, sent, System.nanoTime(), now.target, outcome);
    }

    /** Ends without a loss; what was sent last has been waited for. */
    void close() {
        Line last;
        synchronized (this) {
            last = line;
            line = null;
        }
        if (last != null) {
            synchronized (last) {
                for (Long sent : last.unanswered) {
                    journal.add(exchange(last, last.answered, sent, Exchange.LOST));
                }
            }
            close(last.socket);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // Its loss is in the journal.
            return;
        }
    }
}
