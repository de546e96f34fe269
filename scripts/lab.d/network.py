# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's network: one namespace per host, all on a bridge in a namespace of its own.

This machine sees one end of one veth pair, called muster-lab, and a route for the lab's subnet; its other interfaces
are never touched, and nothing is forwarded: a host has no default route and that veth refuses to route for it."""
import ipaddress
import os
import pathlib

from state import LabError, mount_points, run

SUBNET = ipaddress.ip_network("10.213.0.0/16")
CONTROLLER = SUBNET[1]
NAMESPACE = "muster-lab"
NAMED = pathlib.Path("/run/netns")
MAX_HOSTS = 1000  # a Linux bridge has 1024 ports


def namespace_of(host):
    return f"{NAMESPACE}-{host}"


def address_of(index):
    """Host 1 is 10.213.1.1; 250 hosts share a third byte."""
    return str(SUBNET[256 * (1 + (index - 1) // 250) + 1 + (index - 1) % 250])


def ip_batch(lines, *options):
    run("ip", *options, "-batch", "/proc/self/fd/0", stdin=lines_as_file(lines))


def lines_as_file(lines):
    file = os.memfd_create("lines")
    os.write(file, ("\n".join(lines) + "\n").encode())
    os.lseek(file, 0, os.SEEK_SET)
    return os.fdopen(file)


def check_free():
    """Refuses when the machine already routes into the subnet."""
    taken = run("ip", "-4", "route", "show", "root", str(SUBNET)).strip()
    if taken:
        raise LabError(f"{SUBNET}: this machine already has a route there: {taken.splitlines()[0]}",
                       "the lab needs that subnet for itself; take the route away first")


def make(hosts):
    """Makes bridge, namespaces and addresses for the hosts that are to be alive."""
    ip_batch([f"netns add {NAMESPACE}"] + [f"netns add {namespace_of(host['name'])}" for host in hosts])
    lines = ["link set lo up", "link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
             "link set br0 up"]
    for host in hosts:
        port = f"to-{host['name']}"
        lines += [f"link add {port} type veth peer name eth0 netns {namespace_of(host['name'])}",
                  f"link set {port} master br0 up"]
    ip_batch(lines, "-n", NAMESPACE)
    for host in hosts:
        ip_batch(["link set lo up", f"address add {host['address']}/{SUBNET.prefixlen} dev eth0", "link set eth0 up"],
                 "-n", namespace_of(host["name"]))
    ip_batch([f"link add {NAMESPACE} type veth peer name to-machine netns {NAMESPACE}",
              f"address add {CONTROLLER}/{SUBNET.prefixlen} dev {NAMESPACE}"])
    pathlib.Path(f"/proc/sys/net/ipv4/conf/{NAMESPACE}/forwarding").write_text("0", encoding="ascii")
    ip_batch(["link set to-machine master br0 up"], "-n", NAMESPACE)
    ip_batch([f"link set {NAMESPACE} up"])


def namespaces():
    """The lab's namespaces that exist, by name."""
    if not NAMED.is_dir():
        return []
    return sorted(entry.name for entry in NAMED.iterdir()
                  if entry.name == NAMESPACE or entry.name.startswith(NAMESPACE + "-"))


def remove():
    """Removes what make() made, in whatever state it was left."""
    if pathlib.Path(f"/sys/class/net/{NAMESPACE}").exists():
        run("ip", "link", "delete", NAMESPACE)
    names = namespaces()
    if names:
        ip_batch([f"netns delete {name}" for name in names], "-force")


def remove_netns_folder():
    """Undoes what the first `ip netns add` on a machine does; only for who made it, and while nobody else uses it."""
    if NAMED.is_dir() and not any(NAMED.iterdir()):
        for _ in range(mount_points().count(str(NAMED))):
            run("umount", str(NAMED))
        NAMED.rmdir()
