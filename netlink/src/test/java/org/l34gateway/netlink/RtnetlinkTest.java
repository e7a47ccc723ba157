// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

class RtnetlinkTest {
    private final Scripted kernel = new Scripted();
    private final Rtnetlink conversation = new Rtnetlink(kernel);

    @Test
    void a_list_that_changed_while_it_was_read_is_asked_for_again() {
        kernel.answers.add(List.of(address(1, 0x12, "20.0.0.1"), done(1, 0x12)));
        kernel.answers.add(List.of(address(2, 2, "20.0.0.2"), done(2, 2)));

        assertThat(conversation.addresses())
                .extracting(found -> found.address().toString())
                .containsExactly("20.0.0.2");
    }

    @Test
    void a_list_that_never_holds_still_is_refused() {
        for (int i = 1; i <= 10; i++) {
            kernel.answers.add(List.of(done(i, 0x12)));
        }

        assertThatThrownBy(conversation::addresses)
                .isInstanceOf(KernelRefused.class)
                .hasMessageContaining("EAGAIN");
    }

    @Test
    void answers_to_an_older_request_are_not_believed() {
        kernel.answers.add(List.of(address(77, 2, "20.0.0.1"), done(77, 2), address(1, 2, "20.0.0.2"), done(1, 2)));

        assertThat(conversation.addresses())
                .extracting(found -> found.address().toString())
                .containsExactly("20.0.0.2");
    }

    @Test
    void an_interrupted_call_is_made_again() {
        kernel.interruptions = 3;
        kernel.answers.add(List.of(done(1, 2)));

        assertThat(conversation.addresses()).isEmpty();
    }

    @Test
    void expected_errors_are_values_and_others_name_request_target_and_errno() {
        Rule rule = Rule.from(IpPrefix.parse("20.0.0.1/32"), 1000, 5000);
        kernel.answers.add(List.of(error(1, Errno.EEXIST)));
        kernel.answers.add(List.of(error(2, Errno.ENOENT)));
        kernel.answers.add(List.of(error(3, Errno.EPERM)));

        assertThat(conversation.add(rule)).isEqualTo(Change.ALREADY_THERE);
        assertThat(conversation.delete(rule)).isEqualTo(Change.NOT_THERE);
        assertThatThrownBy(() -> conversation.delete(rule)).isInstanceOfSatisfying(KernelRefused.class, refused -> {
            assertThat(refused.request()).isEqualTo("RTM_DELRULE");
            assertThat(refused.target()).contains("20.0.0.1/32");
            assertThat(refused.errno()).isEqualTo(Errno.EPERM);
        });
    }

    @Test
    void a_table_that_does_not_exist_is_an_empty_list() {
        kernel.answers.add(List.of(error(1, Errno.ENOENT)));

        assertThat(conversation.routes(IpFamily.IPV4, 5000)).isEmpty();
    }

    @Test
    void no_datagram_makes_the_reader_fail_in_an_unexpected_way() {
        long seed = Long.getLong("seed", System.nanoTime());
        var dice = new Random(seed);
        byte[] real = concat(List.of(address(1, 2, "20.0.0.1"), address(1, 2, "2000::1")));
        for (int i = 0; i < 20_000; i++) {
            byte[] bent = Arrays.copyOf(real, dice.nextInt(real.length + 1));
            for (int flips = dice.nextInt(6); flips > 0 && bent.length > 0; flips--) {
                bent[dice.nextInt(bent.length)] = (byte) dice.nextInt(256);
            }
            assertThatCode(() -> readTolerating(bent))
                    .as("repeat with -Dseed=" + seed)
                    .doesNotThrowAnyException();
        }
    }

    /** An address of impossible length or a prefix that does not fit is the one complaint that is allowed. */
    private static void readTolerating(byte[] datagram) {
        try {
            Notification.read(datagram, datagram.length);
        } catch (IllegalArgumentException impossible) {
            assertThat(impossible).hasMessageMatching("(an IP address has|prefix length|next hop weight).*");
        }
    }

    private static byte[] address(int sequence, int flags, String text) {
        var out = new MessageWriter(MessageType.NEWADDR, flags, sequence);
        Address.host(1, IpAddress.parse(text)).write(out);
        return Arrays.copyOf(out.finish(), out.length());
    }

    private static byte[] done(int sequence, int flags) {
        var out = new MessageWriter(MessageType.DONE, flags, sequence).u32(0);
        return Arrays.copyOf(out.finish(), out.length());
    }

    private static byte[] error(int sequence, int errno) {
        var out = new MessageWriter(MessageType.ERROR, 0, sequence).u32(-errno);
        out.u32(16).u16(0).u16(0).u32(sequence).u32(0);
        return Arrays.copyOf(out.finish(), out.length());
    }

    private static byte[] concat(List<byte[]> messages) {
        byte[] all = new byte[0];
        for (byte[] message : messages) {
            int at = all.length;
            all = Arrays.copyOf(all, at + message.length);
            System.arraycopy(message, 0, all, at, message.length);
        }
        return all;
    }

    /** Answers each request with the next script, all its messages in one datagram. */
    private static final class Scripted implements NetlinkPort {
        final Deque<List<byte[]>> answers = new ArrayDeque<>();
        int interruptions;

        @Override
        public int send(byte[] message, int length) {
            return length;
        }

        @Override
        public int recv(byte[] buffer) {
            if (interruptions-- > 0) {
                return -Errno.EINTR;
            }
            byte[] datagram = concat(answers.remove());
            System.arraycopy(datagram, 0, buffer, 0, datagram.length);
            return datagram.length;
        }
    }
}
