// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.util.List;
import java.util.Set;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.nftables.Expression.Change;
import org.l34gateway.linux.nftables.Expression.Comparison;
import org.l34gateway.linux.nftables.Expression.Header;
import org.l34gateway.linux.nftables.Expression.Meta;
import org.l34gateway.linux.nftables.SetShape.Datum;
import org.l34gateway.linux.nftables.SetShape.Flag;
import org.l34gateway.linux.nftables.SetShape.Other;

/** Tables with one of everything, for the golden file and for the kernel. */
final class EveryOperation {
    static final TableName INET = new TableName(TableName.Family.INET, "t");
    static final TableName NETDEV = new TableName(TableName.Family.NETDEV, "t");

    private static final Register R0 = new Register(0);
    private static final Register R1 = new Register(1);
    private static final Register R4 = new Register(4);
    private static final Octets ZERO = Octets.host(0);

    private EveryOperation() {}

    /** Rules of {@link #INET}. */
    static List<List<Expression>> rules() {
        return List.of(
                List.of(new Expression.Load(R0, Header.NETWORK, 16, 4), new Expression.InSet("addresses", R0)),
                List.of(new Expression.Load(R0, Header.NETWORK, 16, 4), new Expression.NotInSet("addresses", R0)),
                List.of(
                        new Expression.LoadMeta(R0, Meta.LENGTH),
                        new Expression.Swap(R0, R0, 4),
                        new Expression.Compare(R0, Comparison.LESS_OR_EQUAL, Octets.network(1500, 4))),
                List.of(
                        new Expression.Load(R0, Header.TRANSPORT, 2, 2),
                        new Expression.Within(R0, Octets.network(80, 2), Octets.network(90, 2)),
                        new Expression.CountHere(),
                        new Expression.Drop()),
                List.of(
                        new Expression.Load(R0, Header.NETWORK, 12, 8),
                        new Expression.Hash(R0, R0, 8, 1021, 0x1234, 1),
                        new Expression.Lookup(R1, "numbers", R0),
                        new Expression.SetMark(R1),
                        new Expression.Accept()),
                List.of(
                        new Expression.LoadMeta(R0, Meta.MARK),
                        new Expression.ShiftRight(R1, R0, 11),
                        new Expression.Mask(R1, R1, Octets.host(0x7FF), ZERO),
                        new Expression.Compare(R1, Comparison.NOT_EQUAL, ZERO),
                        new Expression.Jump("one")),
                List.of(new Expression.Load(R0, Header.TRANSPORT, 2, 2), new Expression.LookupVerdict("ports", R0)),
                List.of(
                        new Expression.Load(R0, Header.NETWORK, 12, 4),
                        new Expression.Load(R1, Header.NETWORK, 16, 4),
                        new Expression.Load(new Register(2), Header.TRANSPORT, 0, 4),
                        new Expression.Constant(R4, Octets.host(7)),
                        new Expression.ChangeMap(Change.DELETE, "flows", R0, R4, 0),
                        new Expression.ChangeMap(Change.ADD, "flows", R0, R4, 10_000)),
                List.of(
                        new Expression.Load(R0, Header.NETWORK, 12, 4),
                        new Expression.Load(R1, Header.NETWORK, 16, 4),
                        new Expression.Load(new Register(2), Header.TRANSPORT, 0, 4),
                        new Expression.Lookup(R4, "flows", R0),
                        // nft does not know how long a value of a map is, and ends with an assertion without these two.
                        new Expression.SetMark(R4),
                        new Expression.LoadMeta(R4, Meta.MARK),
                        new Expression.ChangeMap(Change.UPDATE, "flows", R0, R4, 600_000),
                        new Expression.Count("seen"),
                        new Expression.Goto("one")),
                List.of(new Expression.NoTrack(), new Expression.Return()),
                List.of(
                        new Expression.LoadMeta(R0, Meta.TRANSPORT),
                        new Expression.Compare(R0, Comparison.EQUAL, Octets.network(6, 1)),
                        new Expression.Constant(R0, Octets.network(1, 2)),
                        new Expression.ToLocalSocket(R0)));
    }

    /** Rules of {@link #NETDEV}. */
    static List<List<Expression>> forwards() {
        return List.of(
                List.of(
                        new Expression.Constant(R0, Octets.of(IpAddress.parse("10.0.0.1"))),
                        new Expression.Constant(R4, Octets.host(1)),
                        new Expression.Forward(IpFamily.IPV4, R0, R4)),
                List.of(
                        new Expression.Constant(R0, Octets.of(IpAddress.parse("fd00::1"))),
                        new Expression.Constant(R4, Octets.host(1)),
                        new Expression.Forward(IpFamily.IPV6, R0, R4)));
    }

    static List<Operation> operations() {
        return List.of(
                new Operation.AddTable(),
                new Operation.AddCounter("seen"),
                new Operation.AddCounter("gone"),
                new Operation.AddSet(
                        new SetShape("addresses", List.of(Datum.IPV4), Other.NOTHING, Set.of(Flag.COUNTS), 0)),
                new Operation.AddSet(new SetShape("numbers", List.of(Datum.MARK), Datum.MARK, Set.of(), 2_000)),
                new Operation.AddSet(new SetShape("rows", List.of(Datum.MARK), Datum.ROW, Set.of(), 10)),
                new Operation.AddSet(SetShape.verdicts("ports", List.of(Datum.PORT), 0, Flag.INTERVAL)),
                new Operation.AddSet(SetShape.verdicts("vips", List.of(Datum.IPV6), 0)),
                new Operation.AddSet(new SetShape(
                        "flows",
                        List.of(Datum.IPV4, Datum.IPV4, Datum.MARK),
                        Datum.MARK,
                        Set.of(Flag.DYNAMIC, Flag.TIMEOUT),
                        1_000)),
                new Operation.AddHookedChain(new HookedChain("first", HookedChain.Hook.PREROUTING, -310, false, "")),
                new Operation.AddHookedChain(new HookedChain("last", HookedChain.Hook.FORWARD, 0, true, "")),
                new Operation.AddHookedChain(
                        new HookedChain("routed", HookedChain.Hook.OUTPUT_ROUTED, -150, false, "")),
                new Operation.AddHookedChain(new HookedChain("at_lo", HookedChain.Hook.INGRESS, 0, false, "lo")),
                new Operation.AddChain("one"),
                new Operation.AddChain("two"),
                new Operation.AddRules("one", "", List.of(List.of(new Expression.CountHere()))),
                new Operation.AddRules("first", "a note", rules()),
                new Operation.AddElements("addresses", List.of(Element.member(Octets.of(IpAddress.parse("20.0.0.1"))))),
                new Operation.AddElements(
                        "ports",
                        List.of(
                                Element.leads(Octets.network(80, 2), "one"),
                                Element.end(Octets.network(90, 2)),
                                Element.leads(Octets.network(90, 2), "two"),
                                Element.end(Octets.network(100, 2)))),
                new Operation.AddElements("vips", List.of(Element.jumps(Octets.of(IpAddress.parse("fd20::1")), "one"))),
                new Operation.ChangeNumbers(new NumberMap("numbers", 5, 1, new int[0], new int[] {7, 0, 9})),
                new Operation.ChangeNumbers(
                        new NumberMap("rows", 1, 8, new int[0], new int[] {1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 11})));
    }

    /** Takes some of it away again. */
    static List<Operation> removals() {
        return List.of(
                new Operation.RemoveRules("first"),
                new Operation.RemoveElements(
                        "ports",
                        List.of(
                                Element.leads(Octets.network(80, 2), "one"),
                                Element.end(Octets.network(90, 2)),
                                Element.leads(Octets.network(90, 2), "two"),
                                Element.end(Octets.network(100, 2)))),
                new Operation.RemoveSet("ports"),
                new Operation.RemoveChain("two"),
                new Operation.RemoveCounter("gone"));
    }
}
