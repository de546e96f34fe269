#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs one lab host until it powers off: run-host.sh KIND NAME DIR IMAGE CGROUP...
# Called in a mount namespace of its own, so every mount below ends with the host's processes.
set -eu
kind=$1 name=$2 dir=$3 image=$4
shift 4
# First of all: a lab that was taken down meanwhile has no such group, and this host ends here.
for cgroup; do echo 0 >"$cgroup/cgroup.procs"; done

root=$dir/root
mount -t overlay muster-lab -o "lowerdir=$image,upperdir=$dir/upper,workdir=$dir/work" "$root"

run_systemd() {
    # nspawn leaves locks and mount points in /run/systemd: here they fall into a tmpfs that nobody else sees.
    mkdir -p /run/systemd
    mount -t tmpfs -o mode=755 muster-lab /run/systemd
    rebooted=133
    code=$rebooted
    while [ "$code" = "$rebooted" ]; do
        code=0
        # The system call groups are those a real machine allows and nspawn forgets: services sandbox themselves with them.
        SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --quiet --boot --directory="$root" --machine="$name" \
            --network-namespace-path="/run/netns/muster-lab-$name" --register=no --keep-unit --console=pipe \
            --link-journal=no --resolv-conf=off --timezone=off --capability=CAP_NET_ADMIN \
            --system-call-filter='landlock_create_ruleset landlock_add_rule landlock_restrict_self' || code=$?
    done
    exit "$code"
}

run_plain() {
    exec nsenter --net="/run/netns/muster-lab-$name" -- \
        unshare --mount --propagation slave --uts --ipc --pid --fork --kill-child -- \
        /bin/sh "${0%/*}/plain-init.sh" "$name" "$root"
}

"run_$kind"
