// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.l34gateway.program.ByteMatch;
import org.l34gateway.program.Protocol;

/** A route's {@code byteMatches}, read: {@code proto[offset:length] (& 0xmask) = value}. */
final class ByteMatchText {
    private static final String FIELD = "spec.byteMatches";
    /** No number begins with 0: some would take it for an octal one. */
    private static final Pattern FORM = Pattern.compile(
            "(?<protocol>tcp|udp|sctp)\\[(?<offset>0|[1-9][0-9]{0,4}) *: *(?<length>[124])\\]"
                    + "( *& *0x(?<mask>[0-9a-fA-F]{1,8}))? *= *(0x(?<hex>[0-9a-fA-F]{1,8})|(?<decimal>0|[1-9][0-9]{0,9}))");

    private static final int HEX = 16;

    private ByteMatchText() {}

    /**
     * Reads all of them.
     *
     * @throws IllegalArgumentException when one cannot be read, or no packet could fulfil all of them; the message says which and why
     */
    static List<ByteMatch> read(List<String> texts) {
        List<ByteMatch> matches = new ArrayList<>();
        for (String text : texts) {
            String where = FIELD + "[" + matches.size() + "]: \"" + text + "\" ";
            ByteMatch match = read(where, text);
            for (ByteMatch before : matches) {
                if (match.protocol() != before.protocol() || match.contradicts(before)) {
                    throw new IllegalArgumentException(
                            where + "cannot hold together with " + FIELD + "[" + matches.indexOf(before) + "]");
                }
            }
            matches.add(match);
        }
        return matches;
    }

    /** The protocols that are left of those that a route names: bytes of one header restrict it to that protocol. */
    static Set<Protocol> restricts(Set<Protocol> protocols, List<ByteMatch> matches) {
        if (matches.isEmpty() || protocols.isEmpty()) {
            return protocols;
        }
        Protocol only = matches.getFirst().protocol();
        if (!protocols.contains(only)) {
            throw new IllegalArgumentException(FIELD + " are about " + only + ", spec.protocols are " + protocols);
        }
        return EnumSet.of(only);
    }

    private static ByteMatch read(String where, String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    where + "is not like tcp[13:1] & 0x12 = 0x2: tcp, udp or sctp, an offset, 1, 2 or 4 bytes");
        }
        int length = Integer.parseInt(form.group("length"));
        String mask = form.group("mask");
        String hex = form.group("hex");
        try {
            return new ByteMatch(
                    Protocol.valueOf(form.group("protocol").toUpperCase(Locale.ROOT)),
                    Integer.parseInt(form.group("offset")),
                    length,
                    mask == null ? ByteMatch.all(length) : Long.parseLong(mask, HEX),
                    hex == null ? Long.parseLong(form.group("decimal")) : Long.parseLong(hex, HEX));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + "cannot match: " + e.getMessage(), e);
        }
    }
}
