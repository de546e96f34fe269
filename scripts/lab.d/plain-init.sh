#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Process 1 of a host without systemd: plain-init.sh NAME ROOT. Starts sshd, restarts it, and reaps orphans
# (the shell collects every child that ends while it waits for sshd).
set -eu
name=$1 root=$2
hostname "$name"

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 run "$root/run"
mount -t tmpfs -o mode=755 dev "$root/dev"
for node in null zero full random urandom tty; do
    : >"$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/pts" "$root/dev/shm" "$root/run/sshd" "$root/run/old"
mount -t devpts -o newinstance,mode=620,gid=5,ptmxmode=666 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"

# A pivot, not a chroot: root inside cannot climb out, and whoever enters the namespace stands in the host's own tree.
cd "$root"
pivot_root . run/old
exec chroot . /bin/sh -c '
    export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    umount -l /run/old && rmdir /run/old
    while :; do
        /usr/sbin/sshd -D -e || echo "sshd ended with code $?"
        sleep 1
    done'
