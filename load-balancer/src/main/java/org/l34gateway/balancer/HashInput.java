// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.List;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.Expression.Hash;
import org.l34gateway.linux.nftables.Register;
import org.l34gateway.program.FlowHash;

/** What of a packet decides its slot; {@link FlowHash} works the same out in Java. */
enum HashInput {
    /** Addresses and ports. */
    FLOW,
    /** Ports only: the paths of a multihomed SCTP association stay together. */
    PORTS,
    /** Addresses only: ping and whatever has no ports. */
    ADDRESSES;

    private static final Register R0 = new Register(0);

    /** Works a number of {@code offset..offset+modulus-1} out; uses the registers from 0 on. */
    List<Expression> hash(PacketView view, Register to, int modulus, int seed, int offset) {
        List<Expression> expressions = new ArrayList<>();
        int bytes = switch (this) {
            case FLOW -> {
                expressions.addAll(view.flow(R0));
                yield view.flowBytes();
            }
            case PORTS -> {
                expressions.addAll(view.ports(R0));
                yield Integer.BYTES;
            }
            case ADDRESSES -> {
                expressions.addAll(view.addresses(R0));
                yield view.flowBytes() - Integer.BYTES;
            }
        };
        expressions.add(new Hash(to, R0, bytes, modulus, seed, offset));
        return expressions;
    }
}
