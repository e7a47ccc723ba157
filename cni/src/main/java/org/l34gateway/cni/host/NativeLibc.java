// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.host;

import org.teavm.interop.Address;
import org.teavm.interop.Import;
import org.teavm.interop.c.Include;

/** libc as TeaVM calls it. On a JVM these methods have no body. */
final class NativeLibc {
    private NativeLibc() {}

    @Include("errno.h")
    @Import(name = "__errno_location")
    static native Address errnoLocation();

    @Include("stdlib.h")
    @Import(name = "getenv")
    static native Address getenv(Address name);

    @Include("stdlib.h")
    @Import(name = "exit")
    static native void exit(int code);

    @Include("fcntl.h")
    @Import(name = "open")
    static native int open(Address path, int flags, int mode);

    @Include("unistd.h")
    @Import(name = "read")
    static native long read(int fd, Address buffer, long length);

    @Include("unistd.h")
    @Import(name = "write")
    static native long write(int fd, Address bytes, long length);

    @Include("unistd.h")
    @Import(name = "close")
    static native int close(int fd);

    @Include("stdio.h")
    @Import(name = "rename")
    static native int rename(Address from, Address to);

    @Include("unistd.h")
    @Import(name = "unlink")
    static native int unlink(Address path);

    @Include("sys/stat.h")
    @Import(name = "mkdir")
    static native int mkdir(Address path, int mode);

    @Include("sys/file.h")
    @Import(name = "flock")
    static native int flock(int fd, int operation);

    @Include("sys/stat.h")
    @Import(name = "stat")
    static native int stat(Address path, Address status);

    @Include("sys/stat.h")
    @Import(name = "fstat")
    static native int fstat(int fd, Address status);

    @Include("dirent.h")
    @Import(name = "opendir")
    static native Address opendir(Address path);

    @Include("dirent.h")
    @Import(name = "readdir")
    static native Address readdir(Address stream);

    @Include("dirent.h")
    @Import(name = "closedir")
    static native int closedir(Address stream);

    @Include("unistd.h")
    @Import(name = "usleep")
    static native int usleep(int micros);

    @Include("sched.h")
    @Import(name = "setns")
    static native int setns(int fd, int kind);

    @Include("sys/socket.h")
    @Import(name = "socket")
    static native int socket(int domain, int type, int protocol);

    @Include("sys/socket.h")
    @Import(name = "setsockopt")
    static native int setsockopt(int fd, int level, int option, Address value, int length);

    @Include("sys/socket.h")
    @Import(name = "send")
    static native long send(int fd, Address bytes, long length, int flags);

    @Include("sys/socket.h")
    @Import(name = "recv")
    static native long recv(int fd, Address buffer, long length, int flags);
}
