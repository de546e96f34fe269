#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Run inside a host: mount-small.sh DIR SIZE puts an empty file system of that size at DIR.
set -eu
dir=$1 size=$2
mkdir -p "$dir"
mount -t tmpfs -o "size=$size,mode=$(stat -c %a "$dir")" lab-small "$dir"
df -h "$dir"
