# SPDX-License-Identifier: GPL-2.0-or-later
"""Bringing the lab up and taking it down."""
import fcntl
import os
import pathlib
import shutil
import socket
import subprocess
import time

import base
import cgroups
import inventory
import layers
import network
import state
from state import DIR, LabError, say

HERE = pathlib.Path(__file__).parent
# Every host's systemd takes a handful of inotify instances, and all hosts count as one user: 128 is soon used up.
INOTIFY = pathlib.Path("/proc/sys/fs/inotify/max_user_instances")
INOTIFY_NEEDED = 8192
POLL_SECONDS = 0.05


def up(args):
    """Makes the lab; returns when every host answers. What a failed start made is taken away again."""
    started = time.monotonic()
    image = base.ensure(args.base)
    hosts = plan(args)
    refuse_if_taken()
    with only_one():
        refuse_if_taken()
        lab = {"state": "half up", "kind": args.kind, "base": args.base, "image": str(image), "hosts": hosts,
               "made_netns_folder": not network.NAMED.exists(), "inotify_before": INOTIFY.read_text().strip()}
        state.save(lab)
        try:
            start(lab)
        except BaseException:
            try:
                remove_everything(lab)
            except LabError as left:  # must not hide why the start failed
                say(f"{left.what}; scripts/lab down tries again")
            raise
        lab["state"] = "up"
        lab["seconds"] = round(time.monotonic() - started, 2)
        state.save(lab)
    return lab


def refuse_if_taken():
    """One lab per machine: its names and its subnet are fixed."""
    if state.RECORD.exists():
        old = state.load()
        raise LabError(f"lab is {old['state']}: {len(old['hosts'])} hosts", "scripts/lab down first")
    if network.namespaces() or cgroups.pids():
        raise LabError("a lab is up whose records are elsewhere", "scripts/lab down with its MUSTER_LAB_DIR")
    network.check_free()


def plan(args):
    """Names, addresses and sudo kinds of the hosts: kinds in turn, and the two broken ones last."""
    broken = ["wrongpass", "down"] if args.broken else []
    if args.count <= len(broken) or args.count > network.MAX_HOSTS:
        raise LabError(f"{args.count} hosts: need {len(broken) + 1} to {network.MAX_HOSTS}",
                       "--broken makes the last two hosts broken ones" if broken else "")
    good = args.count - len(broken)
    kinds = [args.kinds[index % len(args.kinds)] for index in range(good)] + broken
    return [{"name": f"h{index}", "address": network.address_of(index), "sudo": kind}
            for index, kind in enumerate(kinds, 1)]


def only_one():
    """The lock that a starting or ending lab holds; given back when the file is closed, even by a kill."""
    DIR.mkdir(parents=True, exist_ok=True)
    lock = open(DIR / "lock", "w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LabError("lab is being started or taken down right now", "wait for the other call to end") from None
    return lock


def start(lab):
    alive = [host for host in lab["hosts"] if host["sudo"] != "down"]
    image = pathlib.Path(lab["image"])
    if int(INOTIFY.read_text()) < INOTIFY_NEEDED:
        INOTIFY.write_text(str(INOTIFY_NEEDED))
    network.make(alive)
    hashes = layers.make_secrets()
    known_hosts = "".join(layers.make(host, image, hashes, lab["hosts"]) for host in alive)
    inventory.write(lab["hosts"], known_hosts)
    running = {host["name"]: launch(host, lab["kind"], image) for host in alive}
    wait_until_ready(alive, running, lab["kind"])


def launch(host, kind, image):
    """Starts a host in a session and a mount namespace of its own; it outlives this command."""
    folder = layers.folder_of(host)
    groups = [str(group) for group in cgroups.make(host["name"])]
    with open(folder / "console.log", "ab") as log:
        return subprocess.Popen(
            ["unshare", "--mount", "--propagation", "slave", "--", "/bin/sh", str(HERE / "run-host.sh"),
             kind, host["name"], str(folder), str(image), *groups],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)


def wait_until_ready(hosts, running, kind):
    waiting = list(hosts)
    deadline = time.monotonic() + 60 + len(hosts)
    while waiting:
        for host in list(waiting):
            if running[host["name"]].poll() is not None:
                raise LabError(f"{host['name']}: ended while starting, last on its console:\n{console_tail(host)}")
            if is_ready(host, kind):
                waiting.remove(host)
        if waiting and time.monotonic() > deadline:
            host = waiting[0]
            raise LabError(f"{host['name']} and {len(waiting) - 1} more: no answer from sshd, last on its console:\n"
                           f"{console_tail(host)}", "a machine under heavy load starts fewer hosts")
        time.sleep(POLL_SECONDS)


def is_ready(host, kind, timeout=0.5):
    """Whether sshd greets and, under systemd, logins are open: until then PAM turns everyone but root away."""
    try:
        with socket.create_connection((host["address"], 22), timeout) as connection:
            if not connection.recv(64).startswith(b"SSH-2.0-"):
                return False
    except OSError:
        return False
    if kind == "plain":
        return True
    pid = cgroups.first_process(host["name"])
    return pid is not None and not os.path.exists(f"/proc/{pid}/root/run/nologin")


def console_tail(host):
    text = (layers.folder_of(host) / "console.log").read_text(encoding="utf-8", errors="replace")
    return "\n".join(text.splitlines()[-10:])


def down():
    """Takes away all of the lab, whatever state it is in; returns whether there was anything."""
    if not (DIR.exists() or network.namespaces() or cgroups.pids()):
        return False
    with only_one():
        try:
            lab = state.load()
        except LabError:
            lab = {}
        remove_everything(lab)
    return True


def remove_everything(lab):
    """Works from names and control groups, not from the record, which may be missing or behind."""
    cgroups.kill_all()
    cgroups.remove()
    network.remove()
    if lab.get("made_netns_folder"):
        network.remove_netns_folder()
    before = lab.get("inotify_before")
    if before and INOTIFY.read_text().strip() == str(INOTIFY_NEEDED):
        INOTIFY.write_text(before)
    remove_state()


def remove_state():
    """Deletes the state directory, and refuses if anything is mounted in it: a mount there is none of the lab's."""
    for place in state.mount_points():
        if place == str(DIR) or place.startswith(f"{DIR}/"):
            raise LabError(f"{place}: something is mounted in the lab's state directory", f"umount {place}, then again")
    if DIR.exists():
        shutil.rmtree(DIR)
    say("lab is down: processes, namespaces, layers and keys are gone")
