# SPDX-License-Identifier: GPL-2.0-or-later
"""The files a lab gives to those who manage its hosts: inventory.ini, known_hosts, ssh_config."""
import layers
from state import DIR, write_private

INVENTORY = DIR / "inventory.ini"
SSH_CONFIG = DIR / "ssh_config"
GROUPS = {"nopasswd": "nopasswd", "password": "password", "requiretty": "requiretty",
          "wrongpass": "broken", "down": "broken"}


def write(hosts, known_hosts):
    write_private(layers.KNOWN_HOSTS, known_hosts)
    write_private(INVENTORY, ini(hosts))
    write_private(SSH_CONFIG, ssh_config(hosts))


def ini(hosts):
    """Ansible's INI form. The sudo password is in no inventory: it is in the file become-pass."""
    parts = []
    for group in dict.fromkeys(GROUPS.values()):
        members = [host for host in hosts if GROUPS[host["sudo"]] == group]
        if members:
            parts.append("\n".join([f"[{group}]"] + [host_line(host) for host in members]) + "\n")
    return "\n".join(parts)


def host_line(host):
    return (f"{host['name']} ansible_host={host['address']} ansible_port=22 ansible_user=deploy "
            f"ansible_ssh_private_key_file={layers.KEY} ansible_become=true ansible_become_method=sudo")


def ssh_config(hosts):
    parts = [f"Host {host['name']}\n    HostName {host['address']}\n" for host in hosts]
    parts.append(f"Host *\n    User deploy\n    IdentityFile {layers.KEY}\n    IdentitiesOnly yes\n"
                 f"    UserKnownHostsFile {layers.KNOWN_HOSTS}\n    GlobalKnownHostsFile /dev/null\n"
                 "    StrictHostKeyChecking yes\n    ConnectTimeout 10\n")
    return "".join(parts)
