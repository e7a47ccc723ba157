// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.netlink.MacAddress;

/** What only tests change on an interface, in the calling thread's namespace. */
public final class LinkChange {
    private LinkChange() {}

    /** Gives it another MAC address; neighbours are not told. */
    public static void setMac(int ifindex, MacAddress mac) {
        change(ifindex, 1, mac.toBytes()); // IFLA_ADDRESS
    }

    /** Gives it another name, of up to 15 characters. */
    public static void rename(int ifindex, String name) {
        change(ifindex, 3, (name + "\0").getBytes(StandardCharsets.US_ASCII)); // IFLA_IFNAME
    }

    /** RTM_NEWLINK with one attribute. */
    private static void change(int ifindex, int attribute, byte[] value) {
        int length = 16 + 16 + 4 + value.length;
        ByteBuffer message = ByteBuffer.allocate((length + 3) & ~3).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(length)
                .putShort((short) 16)
                .putShort((short) 5)
                .putInt(1)
                .putInt(0);
        message.putInt(0).putInt(ifindex).putInt(0).putInt(0);
        message.putShort((short) (4 + value.length)).putShort((short) attribute).put(value);
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            byte[] answer = new byte[4096];
            socket.send(message.array(), length);
            socket.recv(answer);
            int errno = -ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN).getInt(16);
            if (errno != 0) {
                throw new KernelRefused("RTM_NEWLINK", "link " + ifindex + " attribute " + attribute, errno);
            }
        }
    }
}
