// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.host;

import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import org.l34gateway.cni.json.Utf8;

/** A file below /proc/sys: read and written with one call each, unlike other files. */
final class ParameterFile {
    private ParameterFile() {}

    static SortedMap<String, String> readAll(Host host, String procSys, Collection<String> names) {
        HostFiles files = new HostFiles(host);
        SortedMap<String, String> values = new TreeMap<>();
        for (String name : names) {
            byte[] content = files.read(procSys + "/" + name);
            if (content != null) {
                values.put(name, Utf8.decode(content).trim());
            }
        }
        return values;
    }

    static void write(Host host, String path, String value) {
        int fd = HostFiles.check("open", path, host.open(path, Host.O_WRONLY, 0));
        try {
            HostFiles.check("write", path + " " + value, host.write(fd, Utf8.encode(value), 0));
        } finally {
            host.close(fd);
        }
    }
}
