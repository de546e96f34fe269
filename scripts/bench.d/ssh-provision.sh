#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What muster provision does, by plain ssh and scp: install the package, let the host make key and request, sign, install
# the certificate, restart, verify. 20 hosts at a time, one connection per host that scp and both logins share.
#
#   ssh-provision.sh PACKAGE AUTHORITY LAB <HOSTS      a host is "NAME ADDRESS SUDOKIND"; prints "ok NAME" for each
# shellcheck disable=SC2029 # what runs on a host is put together here
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

# Root's part on the host, with the password first on standard input where sudo wants one.
as_root() { # SUDOKIND COMMAND
  if [ "$1" = password ]; then
    echo "sudo -S -p '' sh -c '$2'"
  else
    echo "sudo -n sh -c '$2'"
  fi
}
password() {
  if [ "$1" = password ]; then cat "$lab/become-pass"; fi
}

one_host() { # PACKAGE AUTHORITY LAB NAME ADDRESS SUDOKIND
  local package=$1 authority=$2 lab=$3 name=$4 address=$5 kind=$6 work bundle
  work=$(mktemp -d)
  local ssh=(-F "$lab/ssh_config" -o ControlMaster=auto -o "ControlPath=$work/mux" -o ControlPersist=30)
  scp -q "${ssh[@]}" "$package" "$name:/tmp/agent.deb"
  local install="dpkg -i /tmp/agent.deb >&2 && rm /tmp/agent.deb"
  install+=" && exec muster-agent cert request --name $name --name $address"
  local activate="muster-agent cert install >&2 && systemctl restart muster-agent"
  bundle=$(password "$kind" | ssh "${ssh[@]}" "$name" "$(as_root "$kind" "$install")" |
    "$here/authority.sh" sign "$authority" "$name" "$address")
  { password "$kind"; printf '%s\n' "$bundle"; } | ssh "${ssh[@]}" "$name" "$(as_root "$kind" "$activate")"
  ssh "${ssh[@]}" -O exit "$name"
  openssl s_client -connect "$address:1270" -CAfile "$authority/root.pem" -verify_hostname "$name" \
    -verify_return_error </dev/null >/dev/null
  rm -r "$work"
  echo "ok $name"
}

if [ "${1:-}" = --one ]; then
  shift
  one_host "$@"
else
  # shellcheck disable=SC2016 # expanded by the inner shell
  xargs -P 20 -L 1 "$0" --one "$1" "$2" "$3"
fi
