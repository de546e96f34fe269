#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Run inside a host: fill.sh DIR... makes each DIR a file system of its own with its present content and no byte free.
# `umount DIR` gives the old one back.
set -eu
copy=/run/lab-fill
for dir; do
    used=$(du -sk "$dir" | cut -f1)
    mkdir -p "$copy"
    # Twice the content and a bit: a small file takes a whole page here.
    mount -t tmpfs -o "size=$((used * 2 + 1024))k,mode=$(stat -c %a "$dir")" lab-full "$copy"
    cp -a "$dir/." "$copy/"
    mount --bind "$copy" "$dir"
    umount "$copy"
    rmdir "$copy"
    cat /dev/zero >"$dir/lab-fill" 2>/dev/null || true
    df "$dir"
done
