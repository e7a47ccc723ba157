// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.l34gateway.target.SourceAddress;

/** One UDP flow with numbered datagrams. */
final class Datagrams {
    private final boolean ipv6;
    private final Journal journal;
    private final DatagramChannel channel;
    private final int port;
    private final Map<Integer, Long> unanswered = new ConcurrentHashMap<>();
    private int next;

    private Datagrams(DatagramChannel channel, int port, boolean ipv6, Journal journal) {
        this.channel = channel;
        this.port = port;
        this.ipv6 = ipv6;
        this.journal = journal;
    }

    /** Opens a flow; connected, so that only answers of the very address that was asked arrive. */
    static Datagrams open(InetSocketAddress to, boolean ipv6, Ports ports, Journal journal) throws IOException {
        while (true) {
            DatagramChannel channel = DatagramChannel.open();
            int port = ports.next();
            try {
                channel.bind(new InetSocketAddress(SourceAddress.towards(to), port))
                        .connect(to);
                var flow = new Datagrams(channel, port, ipv6, journal);
                Thread.ofVirtual().name("datagrams-" + port).start(flow::read);
                return flow;
            } catch (BindException portTaken) {
                channel.close();
            }
        }
    }

    /** Sends the next one. Calls come from one thread. */
    void send() {
        int number = next++;
        journal.datagramSent();
        unanswered.put(number, System.nanoTime());
        byte[] text = (number + "\n").getBytes(US_ASCII);
        try {
            channel.write(ByteBuffer.wrap(text));
        } catch (PortUnreachableException news) {
            // Of an earlier datagram, which its missing answer tells; this one was not sent because of it.
            resend(text);
        } catch (IOException unsent) {
            return; // Its missing answer tells.
        }
    }

    private void resend(byte[] text) {
        try {
            channel.write(ByteBuffer.wrap(text));
        } catch (IOException unsent) {
            return; // Its missing answer tells.
        }
    }

    private void read() {
        var buffer = ByteBuffer.allocate(2048);
        while (channel.isOpen()) {
            try {
                buffer.clear();
                channel.read(buffer);
                answered(new String(buffer.array(), 0, buffer.position(), US_ASCII));
            } catch (IOException unreachableOrClosed) {
                // ICMP of an earlier datagram, whose missing answer tells; or the end.
                buffer.clear();
            }
        }
    }

    private void answered(String text) {
        String[] words = text.strip().split(" ");
        if (words.length != 2 || !words[1].matches("[0-9]{1,9}")) {
            return;
        }
        int number = Integer.parseInt(words[1]);
        Long sent = unanswered.remove(number);
        if (sent != null) {
            journal.add(new Exchange(
                    Exchange.Kind.DATAGRAM, ipv6, port, number, sent, System.nanoTime(), words[0], Exchange.OK));
        }
    }

    /** Ends; what has no answer now is lost. */
    void close() throws IOException {
        channel.close();
        unanswered.forEach((number, sent) -> journal.add(
                new Exchange(Exchange.Kind.DATAGRAM, ipv6, port, number, sent, System.nanoTime(), "", Exchange.LOST)));
    }
}
