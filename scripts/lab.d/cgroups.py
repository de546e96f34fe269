# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's control groups: every process of every host is in one, so that ending a host never needs a process name."""
import os
import pathlib
import signal
import time

from state import LabError

NAME = "muster-lab"
KILL_SECONDS = 30


def hierarchies():
    """Mount points of the trees systemd uses: cgroup2, and the v1 tree called systemd where there is one."""
    found = []
    for line in pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        left, _, right = line.partition(" - ")
        kind, _, options = right.split(" ", 2)
        if kind == "cgroup2" or (kind == "cgroup" and "name=systemd" in options):
            found.append(pathlib.Path(left.split()[4]))
    if not found:
        raise LabError("/sys/fs/cgroup: no cgroup2 and no systemd hierarchy is mounted",
                       "mount one: mount -t cgroup2 cgroup2 /sys/fs/cgroup")
    return found


def make(host):
    """Makes the host's group in every hierarchy and returns their folders."""
    folders = [root / NAME / host for root in hierarchies()]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    return folders


def join_for_exec(host):
    """Moves this process next to the host's own groups, so that what it leaves behind ends with the lab."""
    for root in hierarchies():
        folder = root / NAME / host / "exec"
        folder.mkdir(exist_ok=True)
        (folder / "cgroup.procs").write_text("0", encoding="ascii")


def pids(host=""):
    """Processes of one host, or of the whole lab."""
    found = set()
    for root in hierarchies():
        for folder, _, _ in os.walk(root / NAME / host):
            try:
                text = pathlib.Path(folder, "cgroup.procs").read_text(encoding="ascii")
            except OSError:  # the group went away between the two calls
                continue
            found.update(int(pid) for pid in text.split())
    return found


def first_process(host):
    """The host's pid 1 as this machine numbers it, or None while there is none."""
    for pid in pids(host):
        try:
            status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        inside = next((line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:")), [])
        if len(inside) == 2 and inside[1] == "1":
            return pid
    return None


def kill_all():
    """Kills until none is left: a process that forks meanwhile is met in the next round."""
    deadline = time.monotonic() + KILL_SECONDS
    while remaining := pids():
        if time.monotonic() > deadline:
            raise LabError(f"processes {sorted(remaining)[:5]}: still there {KILL_SECONDS} s after SIGKILL",
                           "they hang in the kernel; look at /proc/PID/stack")
        for pid in remaining:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.02)


def remove():
    """Removes the (empty) groups, deepest first. The kernel may call a group busy for a moment after its last death."""
    for root in hierarchies():
        deadline = time.monotonic() + KILL_SECONDS
        while (root / NAME).is_dir():
            for folder, _, _ in os.walk(root / NAME, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    pass
            if time.monotonic() > deadline:
                raise LabError(f"{root / NAME}: cannot be removed", "see its cgroup.procs")
