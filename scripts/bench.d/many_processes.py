# SPDX-License-Identifier: GPL-2.0-or-later
"""Enumerating the processes of a machine that has ten thousand of them: real ones, which sleep meanwhile."""
import contextlib
import os
import re
import subprocess
import time

import report
import servers
import wsman
from processes import BenchError
from report import OUT, ROOT

WANTED = 10_000
ROUNDS = 5
CLASS = "SCX_UnixProcess"
# As long a command line as a daemon's.
COMMAND_LINE = ("--as", "/usr/lib/example/exampled", "--config=/etc/example/exampled.conf", "--foreground")


def compiled(name):
    program = OUT / name
    servers.run("g++", "-std=c++20", "-O2", "-Wall", "-Wextra", "-o", program, ROOT / "tests" / "bench" / f"{name}.cc")
    return program


@contextlib.contextmanager
def sleeping(count):
    """That many more processes, which end with this block, with this program, or after five minutes."""
    maker = subprocess.Popen([str(compiled("sleepers")), str(count), *COMMAND_LINE], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE)
    try:
        if not maker.stdout.readline():
            raise BenchError(f"sleepers: {count} processes cannot be made", "cat /proc/sys/kernel/pid_max; ulimit -u")
        yield
    finally:
        maker.communicate()


def enumerate_all(client, class_name):
    """Every page of an enumeration; returns rows and bytes."""
    reply = client.expect(wsman.enumerate_request(class_name), "EnumerateResponse")
    rows, size = 0, 0
    while True:
        rows += reply.count(f"<p:{class_name} ".encode())
        size += len(reply)
        context = re.search(rb"<wsen:EnumerationContext>([^<]+)<", reply)
        if not context:
            return rows, size
        reply = client.expect(wsman.pull_request(class_name, context.group(1).decode()), "PullResponse")


def reading(program):
    """CPU seconds of a program that reads the same files and does nothing with them."""
    processes, seconds = servers.run(program).split()
    if int(processes) < WANTED:
        raise BenchError(f"proc_reader: {processes} processes, though {WANTED} sleep here")
    return float(seconds)


def measured(agent, client):
    """Medians of some enumerations: rows, wall and CPU seconds of the agent and of reading alone, bytes."""
    rounds = []
    reader = compiled("proc_reader")
    with sleeping(WANTED):
        enumerate_all(client, CLASS)
        for _ in range(ROUNDS):
            cpu, began = agent.cpu_seconds(), time.monotonic()
            rows, size = enumerate_all(client, CLASS)
            rounds.append({"wall": time.monotonic() - began, "cpu": agent.cpu_seconds() - cpu, "rows": rows,
                           "bytes": size, "reading": reading(reader)})
            if rows < WANTED:
                raise BenchError(f"{CLASS}: {rows} rows, though {WANTED} processes sleep here")
        peak = agent.pss_kb()
    found = {name: report.median(each[name] for each in rounds) for name in rounds[0]}
    return found | {"pss_kb": peak, "cores": os.cpu_count()}
