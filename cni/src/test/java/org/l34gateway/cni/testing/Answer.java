// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.testing;

import java.nio.charset.StandardCharsets;
import org.l34gateway.cni.json.Json;

/** What one execution of a plugin said. */
public record Answer(int exitCode, String stdout, String stderr) {
    /** Standard output as a JSON object; fails when it is none. */
    public Json.Obj json() {
        if (Json.read(stdout.getBytes(StandardCharsets.UTF_8)) instanceof Json.Obj object) {
            return object;
        }
        throw new AssertionError("standard output is no JSON object: " + this);
    }

    /** 0 for success, else the code of the error result. */
    public int code() {
        if (exitCode == 0) {
            return 0;
        }
        return json().get("code") instanceof Json.Num number ? Integer.parseInt(number.text()) : -1;
    }
}
