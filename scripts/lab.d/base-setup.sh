#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs once inside a fresh base image: what every lab host has in common. The image is the lower layer of all hosts,
# so nothing here may be secret or unique to one host (keys, passwords and machine-id come later, per host).
set -eu

useradd --create-home --shell /bin/bash --uid 1500 deploy
useradd --create-home --shell /bin/bash --uid 1501 monitor

rm -f /etc/ssh/ssh_host_*
cat >/etc/ssh/sshd_config.d/lab.conf <<'CONF'
HostKey /etc/ssh/ssh_host_ed25519_key
PasswordAuthentication yes
UseDNS no
CONF

# A host has no console to log in from, no clock of its own and no way out: units that wait for those only cost time.
systemctl mask --quiet getty@.service console-getty.service systemd-resolved.service systemd-networkd.service \
    systemd-timesyncd.service apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer
systemctl enable --quiet ssh.service
rm -f /etc/resolv.conf
rm -rf /var/cache/apt/archives/*.deb /var/lib/apt/lists/* /var/log/*.log
: >/etc/machine-id
