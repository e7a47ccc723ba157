// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.util.ArrayList;
import java.util.List;

/**
 * A reply on BIRD's control socket (doc/reply_codes of BIRD 2): lines {@code CCCC-text}, then a last one
 * {@code CCCC text}; a line that starts with a space goes on with the code before it.
 */
record Reply(List<Line> lines) {
    /** @param code 0..9999: 0xxx done, 1xxx table entry, 2xxx table head, 8xxx run-time error, 9xxx syntax error */
    record Line(int code, String text) {}

    Reply {
        lines = List.copyOf(lines);
    }

    /** Whether the text is a line that ends a reply: four digits and a space. */
    static boolean endsReply(String line) {
        return hasCode(line) && line.charAt(4) == ' ';
    }

    /** Reads whole lines; what follows no code at all has code 0. */
    static Reply parse(List<String> rawLines) {
        List<Line> lines = new ArrayList<>();
        int code = 0;
        for (String raw : rawLines) {
            if (hasCode(raw)) {
                code = Integer.parseInt(raw.substring(0, 4));
                lines.add(new Line(code, raw.substring(5)));
            } else {
                lines.add(new Line(code, raw.startsWith(" ") ? raw.substring(1) : raw));
            }
        }
        return new Reply(lines);
    }

    /** The line that ended the reply, code 0 and empty when there was none. */
    Line last() {
        return lines.isEmpty() ? new Line(0, "") : lines.getLast();
    }

    /** The texts of all lines with this code, in order. */
    List<String> texts(int code) {
        return lines.stream().filter(line -> line.code == code).map(Line::text).toList();
    }

    /** Run-time and syntax errors. */
    boolean isError() {
        return last().code >= 8000;
    }

    private static boolean hasCode(String line) {
        if (line.length() < 5 || (line.charAt(4) != '-' && line.charAt(4) != ' ')) {
            return false;
        }
        for (int i = 0; i < 4; i++) {
            if (line.charAt(i) < '0' || line.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
