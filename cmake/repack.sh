#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# repack.sh DEB: packs the package anew with zstd at its strongest. CPack has no say in the level, and at its own the
# agent's package is over 3 MB.
set -eu
deb=$1
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
chmod 0755 "$folder"
dpkg-deb --raw-extract "$deb" "$folder"
dpkg-deb --root-owner-group -Zzstd -z19 --build "$folder" "$deb.new" >/dev/null
mv -f -- "$deb.new" "$deb"
