// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.l34gateway.netlink.KernelRefused;

/**
 * Lists the rules of an nftables table straight from the kernel.
 *
 * <p>libnftables 1.0.6 fetches every element of every set before it lists one rule, also when it is told to be terse: seconds
 * and tens of megabytes with large maps. This asks for the rules alone, and reads only what they refer to. The socket stays in
 * the namespace in which it was opened. Not for use by several threads at once.
 */
public final class NftablesRules implements AutoCloseable {
    private static final int NFT_MSG_NEWRULE = 6;
    private static final int NFT_MSG_GETRULE = 7;
    private static final int NFTA_RULE_TABLE = 1;
    private static final int NFTA_RULE_CHAIN = 2;
    private static final int NFTA_RULE_EXPRESSIONS = 4;
    private static final int NFTA_EXPR_NAME = 1;
    private static final int NFTA_EXPR_DATA = 2;
    private static final int[] NFTA_LOOKUP_SET = {1};
    /** NFTA_IMMEDIATE_DATA, NFTA_DATA_VERDICT, NFTA_VERDICT_CHAIN. */
    private static final int[] CHAIN_OF_IMMEDIATE = {2, 2, 2};

    private final Nfnetlink kernel;

    private NftablesRules(Nfnetlink kernel) {
        this.kernel = kernel;
    }

    /**
     * What a rule refers to.
     *
     * @param chain the chain that it is in
     * @param goes chains that it jumps or goes to
     * @param looks sets and maps that it looks into
     */
    public record Rule(String chain, List<String> goes, List<String> looks) {
        public Rule {
            goes = List.copyOf(goes);
            looks = List.copyOf(looks);
        }
    }

    /**
     * Opens a socket in the calling thread's namespace.
     *
     * @throws KernelRefused when the kernel gives none
     */
    public static NftablesRules open() {
        return new NftablesRules(Nfnetlink.open());
    }

    /** The rules of a table of family inet, chain by chain in their order; none when there is no such table. */
    public List<Rule> list(String table) {
        List<Rule> rules = new ArrayList<>();
        Message question = new Message("NFT_MSG_GETRULE", table, NFT_MSG_GETRULE).text(NFTA_RULE_TABLE, table);
        boolean there = kernel.dump(question, NFT_MSG_NEWRULE, rules::clear, message -> rules.add(rule(message)));
        return there ? rules : List.of();
    }

    private static Rule rule(List<Attribute> attributes) {
        String chain = "";
        List<String> goes = new ArrayList<>();
        List<String> looks = new ArrayList<>();
        for (Attribute each : attributes) {
            switch (each.type()) {
                case NFTA_RULE_CHAIN -> chain = each.text();
                case NFTA_RULE_EXPRESSIONS -> expressions(each, goes, looks);
                default -> {}
            }
        }
        return new Rule(chain, goes, looks);
    }

    private static void expressions(Attribute list, List<String> goes, List<String> looks) {
        for (Attribute expression : list.nested()) {
            String name = "";
            for (Attribute each : expression.nested()) {
                if (each.type() == NFTA_EXPR_NAME) {
                    name = each.text();
                } else if (each.type() == NFTA_EXPR_DATA && name.equals("lookup")) {
                    texts(each, NFTA_LOOKUP_SET, looks);
                } else if (each.type() == NFTA_EXPR_DATA && name.equals("immediate")) {
                    texts(each, CHAIN_OF_IMMEDIATE, goes);
                }
            }
        }
    }

    /** Adds the texts of the attributes that a path of types leads to. */
    private static void texts(Attribute from, int[] path, List<String> found) {
        for (Attribute each : from.nested()) {
            if (each.type() == path[0] && path.length == 1) {
                found.add(each.text());
            } else if (each.type() == path[0]) {
                texts(each, Arrays.copyOfRange(path, 1, path.length), found);
            }
        }
    }

    @Override
    public void close() {
        kernel.close();
    }
}
