# SPDX-License-Identifier: GPL-2.0-or-later
"""What processes and the machine use: CPU in seconds, memory in kB as proportional set size (PSS)."""
import os
import pathlib
import signal
import threading
import time

CPUACCT = pathlib.Path("/sys/fs/cgroup/cpuacct")
SAMPLE_SECONDS = 0.2


class BenchError(Exception):
    """What failed, object first, and what to try."""

    def __init__(self, what, hint=""):
        super().__init__(what)
        self.what, self.hint = what, hint


def with_children(pid):
    """The process and all that descend from it."""
    found = [pid]
    for each in found:
        try:
            found += [int(child) for task in pathlib.Path(f"/proc/{each}/task").iterdir()
                      for child in (task / "children").read_text().split()]
        except OSError:  # it ended meanwhile
            continue
    return found


def cpu_seconds(pids):
    """CPU that living processes have used, from the scheduler's nanoseconds."""
    return sum(int((task / "schedstat").read_text().split()[0])
               for pid in pids for task in pathlib.Path(f"/proc/{pid}/task").iterdir()) / 1e9


def pss_kb(pids):
    total = 0
    for pid in pids:
        try:
            text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
    return total


def machine_seconds():
    """CPU that the whole machine has used: all but idle and waiting for disks."""
    fields = [int(field) for field in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return (fields[0] + fields[1] + fields[2] + fields[5] + fields[6]) / os.sysconf("SC_CLK_TCK")


def own_seconds():
    return time.process_time()


class CpuGroup:
    """A control group that counts the CPU of all processes in it, also of those that end unseen by their parents."""

    def __init__(self, name):
        self.folder = CPUACCT / f"muster-bench-{os.getpid()}-{name}"
        if not (CPUACCT / "cpuacct.usage").exists():
            raise BenchError(f"{CPUACCT}: no cpuacct hierarchy", "mount one: mount -t cgroup -o cpuacct cgroup DIR")

    def __enter__(self):
        self.folder.mkdir()
        return self

    def __exit__(self, *_):
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        deadline = time.monotonic() + 10
        while self.folder.is_dir():
            try:
                self.folder.rmdir()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def join(self):
        """For the child between fork and exec."""
        (self.folder / "cgroup.procs").write_text("0")

    def pids(self):
        return [int(pid) for pid in (self.folder / "cgroup.procs").read_text().split()]

    def seconds(self):
        return int((self.folder / "cpuacct.usage").read_text()) / 1e9


class PeakMemory(threading.Thread):
    """Samples the sum of PSS of a group's processes until told to stop."""

    def __init__(self, group):
        super().__init__(daemon=True)
        self.group, self.peak_kb, self.most = group, 0, 0
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(SAMPLE_SECONDS):
            pids = self.group.pids()
            self.most = max(self.most, len(pids))
            self.peak_kb = max(self.peak_kb, pss_kb(pids))

    def stop(self):
        self.over.set()
        self.join()
