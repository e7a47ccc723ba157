#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# First process of a lab host, in network, mount, PID, UTS and IPC namespaces of its own. When it dies, everything in the
# host dies and its mounts and namespaces go.
# usage: host-init.sh NAME [TARGET=SOURCE]...     each SOURCE is bound over TARGET
# Prints its process id as the machine numbers processes, once the host is ready.
set -eu
read -r pid _ < /proc/self/stat # this /proc is still the machine's
mount -t proc proc /proc
hostname "$1"
shift

mount -t tmpfs -o mode=755 lab-run /run
mkdir -p /run/netns /run/bird /run/lock /run/cgroup
mount --rbind /sys/fs/cgroup /run/cgroup
mount -t sysfs sysfs /sys # shows the network devices of the namespace in which it is mounted
mount --rbind /run/cgroup /sys/fs/cgroup
umount -l /run/cgroup
rmdir /run/cgroup

for bind in "$@"; do
  mount --bind "${bind#*=}" "${bind%%=*}"
done
# Shared among the processes of this host only: containers see what is mounted later (HostToContainer).
mount --make-rshared /

echo "$pid"
exec < /dev/null > /dev/null 2>&1
while :; do # bash reaps the orphans that it gets as process 1
  sleep 2147483647 &
  wait $!
done
