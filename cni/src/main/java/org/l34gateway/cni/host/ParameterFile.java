// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.host;

import org.l34gateway.cni.json.Utf8;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;

/** A file below /proc/sys: read and written with one call each, unlike other files. */
final class ParameterFile {
    private ParameterFile() {}

    static String read(Host host, String path) {
        byte[] content = new HostFiles(host).read(path);
        if (content == null) {
            throw new KernelRefused("open", path, Errno.ENOENT);
        }
        return Utf8.decode(content).trim();
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
