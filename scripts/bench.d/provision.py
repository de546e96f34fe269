# SPDX-License-Identifier: GPL-2.0-or-later
"""Provisioning many hosts: muster, plain ssh and scp, and Ansible do the same work, each on a fresh lab."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import processes
import report
import servers
import wsman
from processes import BenchError, CpuGroup, PeakMemory
from report import ROOT, number, verdict

HERE = pathlib.Path(__file__).parent
LAB = pathlib.Path(os.environ.get("MUSTER_LAB_DIR", "/run/muster-lab"))
MUSTER = ROOT / "build" / "release" / "muster"
FORKS = 20
# Share of the cores that others may take before a run is called disturbed.
MOST_OF_OTHERS = 0.05
# For 100 hosts: share of ssh's wall time, controller's CPU seconds, MB of its memory at the peak.
MOST_OF_SSH, MOST_CPU_PER_HOST, MOST_MEMORY = 0.65, 0.02, 30
TITLES = {"muster": "muster provision", "ssh": f"ssh + scp, {FORKS} at a time",
          "ansible": f"Ansible, {FORKS} forks, pipelining"}


def package():
    found = sorted((ROOT / "build" / "release" / "packages").glob("muster-agent_*_amd64.deb"))
    if not found:
        raise BenchError(f"{MUSTER.parent}/packages: no package of the agent", "scripts/build makes it")
    return found[-1]


def take_lab_down():
    """To its end, whatever signals come meanwhile; they count afterwards."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGHUP, signal.SIGINT))
    subprocess.run([str(ROOT / "scripts" / "lab"), "down"], stdout=subprocess.DEVNULL, check=False)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def lab(count, hosts_group):
    """Fresh hosts; the control group counts what they use. Gives their records."""
    try:
        up = subprocess.run([str(ROOT / "scripts" / "lab"), "up", str(count), "--kinds", "nopasswd,password"],
                            capture_output=True, text=True, check=False, preexec_fn=hosts_group.join)
    except BaseException:  # stopped while hosts were starting
        take_lab_down()
        raise
    if up.returncode != 0:
        raise BenchError(f"scripts/lab up: {up.stderr.strip()}")
    try:
        yield json.loads((LAB / "lab.json").read_text(encoding="utf-8"))["hosts"]
    finally:
        take_lab_down()


class Way:
    """One way of provisioning: a command, its environment and input, and whose certificates the hosts get."""

    def __init__(self, command, authority, variables=None, text=None):
        self.command = [str(word) for word in command]
        self.authority, self.text = authority, text
        self.environment = os.environ | {name: str(value) for name, value in (variables or {}).items()}


def by_muster(folder, deb, _):
    state = folder / "state"
    if not MUSTER.exists():
        raise BenchError(f"{MUSTER}: is not there", "scripts/build makes it")
    servers.run(MUSTER, "--state", state, "init")
    return Way([MUSTER, "--state", state, "provision", "-i", LAB / "inventory.ini", "--known-hosts", LAB / "known_hosts",
                "--become-password-file", LAB / "become-pass", "--package", deb, "--forks", FORKS], state / "ca")


def by_ssh(folder, deb, hosts):
    authority = servers.make_authority(folder)
    lines = "".join(f"{host['name']} {host['address']} {host['sudo']}\n" for host in hosts)
    return Way([HERE / "ssh-provision.sh", deb, authority, LAB], authority, {"TMPDIR": folder}, lines)


def by_ansible(folder, deb, _):
    authority = servers.make_authority(folder)
    variables = {"ANSIBLE_FORKS": FORKS, "ANSIBLE_PIPELINING": "true", "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
                 "ANSIBLE_SSH_COMMON_ARGS": f"-o UserKnownHostsFile={LAB}/known_hosts", "ANSIBLE_HOME": folder,
                 "ANSIBLE_SSH_CONTROL_PATH_DIR": folder / "cp", "ANSIBLE_LOCAL_TEMP": folder / "tmp", "TMPDIR": folder}
    return Way(["ansible-playbook", "-i", LAB / "inventory.ini", "--become-password-file", LAB / "become-pass",
                "-e", f"package={deb} authority={authority} signer={HERE}/authority.sh", HERE / "ansible-provision.yml"],
               authority, variables)


WAYS = {"muster": by_muster, "ssh": by_ssh, "ansible": by_ansible}


def run_way(way, hosts_group, log):
    """Runs it to its end and measures."""
    with CpuGroup("controller") as group, open(log, "wb") as out:
        memory = PeakMemory(group)
        before = processes.machine_seconds(), processes.own_seconds(), hosts_group.seconds()
        memory.start()
        began = time.monotonic()
        try:
            done = subprocess.run(way.command, input=(way.text or "").encode(), stdout=out, stderr=subprocess.STDOUT,
                                  env=way.environment, check=False, preexec_fn=group.join)
            wall = time.monotonic() - began
        finally:
            memory.stop()
        cpu, hosts_cpu = group.seconds(), hosts_group.seconds() - before[2]
        others = processes.machine_seconds() - before[0] - cpu - hosts_cpu - (processes.own_seconds() - before[1])
    return {"status": done.returncode, "wall": wall, "cpu": cpu, "hosts_cpu": hosts_cpu, "others_cpu": max(0.0, others),
            "peak_mb": memory.peak_kb / 1000, "processes": memory.most}


def measure(name, count, deb):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-bench."))
    log = report.OUT / f"provision-{name}.log"
    try:
        with CpuGroup("hosts") as hosts_group, lab(count, hosts_group) as hosts:
            way = WAYS[name](folder, deb, hosts)
            found = run_way(way, hosts_group, log)
            found["well"] = sum(wsman.serves(host["address"], host["name"], way.authority) for host in hosts)
    finally:
        shutil.rmtree(folder)
    if found["status"] != 0 or found["well"] != count:
        raise BenchError(f"{TITLES[name]}: status {found['status']}, {found['well']} of {count} hosts are well",
                         f"see {log}")
    return found


def rows(found):
    middle = {name: {figure: report.median(one[figure] for one in runs) for figure in runs[0]}
              for name, runs in found.items()}
    ssh = middle["ssh"]
    for name, one in middle.items():
        # Neighbours in time are compared: the machine's mood changes from round to round.
        share = report.median(a["wall"] / b["wall"] for a, b in zip(found[name], found["ssh"]))
        yield [TITLES[name], f"{one['wall']:.1f}", f"{share:.2f}", f"{one['cpu']:.2f}", f"{one['cpu'] / ssh['cpu']:.2f}",
               f"{one['peak_mb']:.0f}", f"{one['peak_mb'] / ssh['peak_mb']:.2f}", number(one["processes"]),
               f"{one['hosts_cpu']:.1f}", f"{one['others_cpu']:.1f}"]


def disturbed(found):
    """Says which ways were measured while others worked; nothing when none was."""
    names = [TITLES[name] for name, runs in found.items()
             if any(one["others_cpu"] > MOST_OF_OTHERS * one["wall"] * os.cpu_count() for one in runs)]
    return [f"**Other work disturbed: {', '.join(names)}. Measure again.**\n"] if names else []


def target_rows(found, count):
    share = report.median(a["wall"] / b["wall"] for a, b in zip(found["muster"], found["ssh"]))
    cpu, memory = (report.median(one[figure] for one in found["muster"]) for figure in ("cpu", "peak_mb"))
    most_cpu = MOST_CPU_PER_HOST * count
    yield ["wall, of ssh's in the same run", f"{share:.2f}", f"≤ {MOST_OF_SSH}", verdict(share <= MOST_OF_SSH)]
    yield ["CPU of the management server", f"{cpu:.2f} s", f"≤ {most_cpu:.1f} s (2 s for 100 hosts)",
           verdict(cpu <= most_cpu)]
    yield ["its memory at the peak", f"{memory:.0f} MB", f"≤ {MOST_MEMORY} MB (100 hosts)", verdict(memory <= MOST_MEMORY)]


def page(found, count, rounds, deb):
    return "\n".join([
        f"### Provisioning {count} hosts\n",
        f"{report.machine()}. {count} fresh lab hosts with systemd, half of them with a sudo password, on the same "
        f"cores; package of {deb.stat().st_size / 1e6:.1f} MB; install, key and request on the host (ECDSA P-256), "
        f"sign, install the certificate, restart, verify. All {count} hosts well each time"
        f"{f'; medians of {rounds} rounds' if rounds > 1 else ''}. The CPU of the hosts and of other work on the "
        "machine is beside it, since it bounds the wall time of all three.\n",
        report.table(["", "wall s", "of ssh", "CPU s", "of ssh", "peak MB", "of ssh", "processes", "hosts' CPU s",
                      "others' CPU s"], rows(found)),
        *disturbed(found),
        report.table(["muster", "measured", "target", ""], target_rows(found, count)),
    ])


def run(args):
    deb = package()
    report.OUT.mkdir(parents=True, exist_ok=True)
    found = {name: [] for name in WAYS}
    for round_number in range(args.rounds):
        # Each goes first once.
        names = list(WAYS)[round_number % 3:] + list(WAYS)[:round_number % 3]
        for name in names:
            found[name].append(measure(name, args.hosts, deb))
            last = found[name][-1]
            print(f"{TITLES[name]}: {last['wall']:.1f} s, CPU {last['cpu']:.2f} s, {last['peak_mb']:.0f} MB",
                  flush=True)
    report.save(f"provision-{args.hosts}", page(found, args.hosts, args.rounds, deb), found)
    return 0
