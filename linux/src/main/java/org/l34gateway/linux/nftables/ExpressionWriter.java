// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import org.l34gateway.ip.IpFamily;

/** Writes expressions as nf_tables reads them. The numbers are those of linux/netfilter/nf_tables.h. */
final class ExpressionWriter {
    private static final int NFTA_LIST_ELEM = 1;
    private static final int NFTA_EXPR_NAME = 1;
    private static final int NFTA_EXPR_DATA = 2;
    static final int NFTA_DATA_VALUE = 1;
    static final int NFTA_DATA_VERDICT = 2;
    static final int NFTA_VERDICT_CODE = 1;
    static final int NFTA_VERDICT_CHAIN = 2;

    private static final int NF_DROP = 0;
    private static final int NF_ACCEPT = 1;
    static final int NFT_JUMP = -3;
    static final int NFT_GOTO = -4;
    private static final int NFT_RETURN = -5;
    private static final int NFT_REG_VERDICT = 0;

    private static final int NFT_OBJECT_COUNTER = 1;
    private static final int NFPROTO_UNSPEC = 0;
    private static final int NFPROTO_IPV4 = 2;
    private static final int NFPROTO_IPV6 = 10;

    private final Message out;

    ExpressionWriter(Message out) {
        this.out = out;
    }

    void write(Expression expression) {
        int element = out.open(NFTA_LIST_ELEM);
        switch (expression) {
            case Expression.Load load -> load(load);
            case Expression.LoadMeta(var to, var key) -> meta(to, 1, key);
            case Expression.SetMark(var from) -> meta(from, 3, Expression.Meta.MARK);
            case Expression.Constant constant -> constant(constant);
            case Expression.Compare compare -> compare(compare);
            case Expression.Within within -> within(within);
            case Expression.Mask mask -> mask(mask);
            case Expression.ShiftRight shift -> shift(shift);
            case Expression.Swap swap -> swap(swap);
            case Expression.Hash hash -> hash(hash);
            case Expression.InSet(var set, var key) -> lookup(set, key, NFT_REG_VERDICT, false, false);
            case Expression.NotInSet(var set, var key) -> lookup(set, key, NFT_REG_VERDICT, false, true);
            case Expression.Lookup(var to, var map, var key) -> lookup(map, key, to.code(), true, false);
            case Expression.LookupVerdict(var map, var key) -> lookup(map, key, NFT_REG_VERDICT, true, false);
            case Expression.ChangeMap change -> changeMap(change);
            case Expression.Count(var counter) -> count(counter);
            case Expression.CountHere _ -> out.close(begin("counter"));
            case Expression.NoTrack _ -> out.text(NFTA_EXPR_NAME, "notrack");
            case Expression.Forward forward -> forward(forward);
            case Expression.ToLocalSocket(var port) -> toLocalSocket(port);
            case Expression.Verdict verdict -> verdict(verdict);
        }
        out.close(element);
    }

    private int begin(String name) {
        return out.text(NFTA_EXPR_NAME, name).open(NFTA_EXPR_DATA);
    }

    private void data(int attribute, Octets value) {
        int data = out.open(attribute);
        out.bytes(NFTA_DATA_VALUE, value.toBytes()).close(data);
    }

    private void load(Expression.Load load) {
        int begin = begin("payload");
        out.networkNumber(1, load.to().code())
                .networkNumber(2, load.header().code())
                .networkNumber(3, load.offset())
                .networkNumber(4, load.length())
                .close(begin);
    }

    /** @param registerAttribute NFTA_META_DREG or NFTA_META_SREG */
    private void meta(Register register, int registerAttribute, Expression.Meta key) {
        int begin = begin("meta");
        out.networkNumber(2, key.code())
                .networkNumber(registerAttribute, register.code())
                .close(begin);
    }

    private void constant(Expression.Constant constant) {
        int begin = begin("immediate");
        out.networkNumber(1, constant.to().code());
        data(2, constant.value());
        out.close(begin);
    }

    private void verdict(Expression.Verdict verdict) {
        int begin = begin("immediate");
        out.networkNumber(1, NFT_REG_VERDICT);
        int data = out.open(2);
        switch (verdict) {
            case Expression.Accept _ -> verdict(out, NF_ACCEPT, "");
            case Expression.Drop _ -> verdict(out, NF_DROP, "");
            case Expression.Return _ -> verdict(out, NFT_RETURN, "");
            case Expression.Goto(var chain) -> verdict(out, NFT_GOTO, chain);
            case Expression.Jump(var chain) -> verdict(out, NFT_JUMP, chain);
        }
        out.close(data);
        out.close(begin);
    }

    /** NFTA_DATA_VERDICT. */
    static void verdict(Message out, int code, String chain) {
        int verdict = out.open(NFTA_DATA_VERDICT);
        out.networkNumber(NFTA_VERDICT_CODE, code);
        if (!chain.isEmpty()) {
            out.text(NFTA_VERDICT_CHAIN, chain);
        }
        out.close(verdict);
    }

    private void compare(Expression.Compare compare) {
        int begin = begin("cmp");
        out.networkNumber(1, compare.what().code());
        out.networkNumber(2, compare.how().code());
        data(3, compare.value());
        out.close(begin);
    }

    private void within(Expression.Within within) {
        int begin = begin("range");
        out.networkNumber(1, within.what().code()).networkNumber(2, 0);
        data(3, within.first());
        data(4, within.last());
        out.close(begin);
    }

    private void mask(Expression.Mask mask) {
        int begin = begin("bitwise");
        out.networkNumber(1, mask.from().code())
                .networkNumber(2, mask.to().code())
                .networkNumber(3, mask.mask().length());
        data(4, mask.mask());
        data(5, mask.xor());
        out.close(begin);
    }

    private void shift(Expression.ShiftRight shift) {
        int begin = begin("bitwise");
        out.networkNumber(1, shift.from().code())
                .networkNumber(2, shift.to().code())
                .networkNumber(3, Octets.WORD_BYTES)
                .networkNumber(6, 2);
        data(7, Octets.host(shift.bits()));
        out.close(begin);
    }

    private void swap(Expression.Swap swap) {
        int begin = begin("byteorder");
        out.networkNumber(1, swap.from().code())
                .networkNumber(2, swap.to().code())
                .networkNumber(3, 0)
                .networkNumber(4, Octets.WORD_BYTES)
                .networkNumber(5, swap.partBytes())
                .close(begin);
    }

    private void hash(Expression.Hash hash) {
        int begin = begin("hash");
        out.networkNumber(1, hash.from().code())
                .networkNumber(2, hash.to().code())
                .networkNumber(3, hash.length())
                .networkNumber(4, hash.modulus())
                .networkNumber(5, hash.seed())
                .networkNumber(6, hash.offset())
                .networkNumber(7, 0)
                .close(begin);
    }

    private void lookup(String set, Register key, int to, boolean map, boolean inverted) {
        int begin = begin("lookup");
        out.text(1, set).networkNumber(2, key.code());
        if (map) {
            out.networkNumber(3, to);
        }
        if (inverted) {
            out.networkNumber(5, 1);
        }
        out.close(begin);
    }

    private void changeMap(Expression.ChangeMap change) {
        int begin = begin("dynset");
        out.text(1, change.map())
                .networkNumber(3, change.change().code())
                .networkNumber(4, change.key().code())
                .networkNumber(5, change.value().code());
        if (change.change() != Expression.Change.DELETE) {
            out.networkLong(6, change.timeoutMillis());
        }
        out.close(begin);
    }

    private void count(String counter) {
        int begin = begin("objref");
        out.networkNumber(1, NFT_OBJECT_COUNTER).text(2, counter).close(begin);
    }

    private void forward(Expression.Forward forward) {
        int begin = begin("fwd");
        out.networkNumber(1, forward.device().code())
                .networkNumber(2, forward.address().code())
                .networkNumber(3, forward.family() == IpFamily.IPV4 ? NFPROTO_IPV4 : NFPROTO_IPV6)
                .close(begin);
    }

    private void toLocalSocket(Register port) {
        int begin = begin("tproxy");
        out.networkNumber(1, NFPROTO_UNSPEC).networkNumber(3, port.code()).close(begin);
    }
}
