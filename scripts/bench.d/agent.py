# SPDX-License-Identifier: GPL-2.0-or-later
"""The agent beside nginx: rates, latencies, handshakes, memory, CPU of polls. All in one run, repetitions in turn."""
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import agent_page
import many_processes
import polls
import processes
import report
import servers
import soak
import wsman
from processes import BenchError
from report import OUT, ROOT

LOAD = OUT / "wsman_load"
SOURCES = [ROOT / "tests" / "bench" / name for name in ("connection.h", "connection.cc", "wsman_load.cc")]
EXECUTIONS = 200


def build_load():
    """Compiles the load client unless it is newer than its sources."""
    OUT.mkdir(parents=True, exist_ok=True)
    if LOAD.exists() and all(LOAD.stat().st_mtime > source.stat().st_mtime for source in SOURCES):
        return
    servers.run("g++", "-std=c++20", "-O2", "-Wall", "-Wextra", "-I", ROOT, "-o", LOAD, *SOURCES[1:], "-lssl",
                "-lcrypto")


def load(server, port, bodies, *options):
    """Runs the load client against the server; adds the CPU that each side and anybody else used."""
    command = [str(word) for word in (LOAD, "--port", port, *options, "--body", *bodies)]
    before = server.cpu_seconds(), processes.machine_seconds(), processes.own_seconds()
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"{server.name}: {done.stderr[:2000]}")
    wall = time.monotonic() - began
    found = json.loads(done.stdout)
    server_seconds = server.cpu_seconds() - before[0]
    others = processes.machine_seconds() - before[1] - server_seconds - found["cpu_seconds"]
    found["server_us"] = server_seconds / found["requests"] * 1e6
    found["client_us"] = found["cpu_seconds"] / found["requests"] * 1e6
    found["others_percent"] = max(0.0, 100 * others / wall / os.cpu_count())
    return found


class Comparison:
    """Both servers, and the measurements to be made on each in turn."""

    def __init__(self, folder, args):
        self.folder, self.args = folder, args
        self.certificate = servers.make_authority(folder) / "client.pem"
        servers.make_agent_identity(folder)
        self.agent = servers.start_agent(folder)
        self.nginx = None
        self.bodies = {}

    def stop(self):
        for server in (self.agent, self.nginx):
            if server:
                server.stop()
        self.agent = self.nginx = None

    @contextlib.contextmanager
    def fresh_agent(self):
        """An agent that nobody has asked yet, on a machine where the two servers run no more."""
        self.stop()
        agent = servers.start_agent(self.folder)
        try:
            yield agent
        finally:
            agent.stop()

    def client(self, certificate):
        return wsman.Client(self.agent.port, self.folder / "ca", certificate)

    def prepare(self):
        """Requests as files; nginx with the agent's own answer; proof that the agent lets in by certificate alone."""
        status, _ = self.client(None).post(wsman.enumerate_request("SCX_Agent"))
        if status != 401:
            raise BenchError(f"muster-agent: a client without certificate got {status}, not 401")
        get, reply = wsman.prepare_get(self.client(self.certificate), "SCX_OperatingSystem")
        requests = {name: wsman.enumerate_request(name) for name in wsman.CLASSES} | {"get": get}
        for name, body in requests.items():
            self.bodies[name] = self.folder / f"{name}.xml"
            self.bodies[name].write_bytes(body)
        self.nginx = servers.start_nginx(self.folder, reply)
        return len(get), len(reply)

    def sides(self, options):
        """Who is measured with which port and certificate. On kept connections nginx asks for no certificate."""
        shown = ("--certificate", self.certificate)
        fresh = "--fresh" in options
        nginx = (self.nginx, self.nginx.strict_port, shown) if fresh else (self.nginx, self.nginx.port, ())
        return {"muster": (self.agent, self.agent.port, shown), "nginx": nginx}

    def measure(self, name, options, against_nginx):
        sides = self.sides(options)
        for side in list(sides) if against_nginx else ["muster"]:
            server, port, shown = sides[side]
            yield side, load(server, port, [self.bodies[name]], "--seconds", self.args.seconds, *shown, *options)

    def all(self):
        """{measurement: {side: [figures of each repetition]}}"""
        plan = [("get 1", "get", ("--connections", 1), True), ("get 8", "get", ("--connections", 8), True),
                ("handshake", "get", ("--connections", 8, "--threads", 2, "--fresh"), True),
                ("enumerate os 1", "SCX_OperatingSystem", ("--connections", 1), False),
                ("enumerate os 8", "SCX_OperatingSystem", ("--connections", 8), False),
                ("enumerate processes 1", "SCX_UnixProcess", ("--connections", 1), False)]
        found = {title: {"muster": [], "nginx": []} for title, *_ in plan}
        for _ in range(self.args.repetitions):
            for title, name, options, against_nginx in plan:
                for side, figures in self.measure(name, options, against_nginx):
                    found[title][side].append(figures)
        return found


def burst(agent, certificate, bodies, connections):
    """Opens that many connections, each of which asks; returns PSS while they are open, just closed, and 10 s later."""
    command = [LOAD, "--port", agent.port, "--certificate", certificate, "--connections", connections, "--requests",
               connections * 10, "--hold", "--body", *bodies]
    client = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if not client.stdout.readline():
        raise BenchError(f"burst of {connections} connections: the load client ended early")
    held = agent.pss_kb()
    client.communicate()
    closed = agent.pss_kb()
    time.sleep(10)
    return {"open": held, "closed": closed, "later": agent.pss_kb()}


def memory(both):
    """PSS in kB of a fresh agent along its life; every class is asked for."""
    with both.fresh_agent() as agent:
        time.sleep(6)
        found = {"idle": agent.pss_kb()}
        options = ("--certificate", both.certificate, "--connections", 8)
        every_class = [both.bodies[name] for name in wsman.CLASSES]
        load(agent, agent.port, every_class, *options, "--requests", 10_000)
        found["10,000 requests of all classes just over"] = agent.pss_kb()
        time.sleep(2)
        found["... and two seconds later"] = agent.pss_kb()
        load(agent, agent.port, [both.bodies["get"]], *options, "--requests", 100_000)
        found["100,000 more just over"] = agent.pss_kb()
        for connections in (64, 256):
            one = burst(agent, both.certificate, every_class, connections)
            found[f"{connections} connections open"] = one["open"]
            found[f"{connections} connections closed"] = one["closed"]
            found[f"10 s after {connections} connections"] = one["later"]
        return found


def soaked(both):
    every_class = [both.bodies[name] for name in wsman.CLASSES]
    with both.fresh_agent() as agent:
        def ask(requests):
            load(agent, agent.port, every_class, "--certificate", both.certificate, "--connections", 8, "--requests",
                 requests)
        return soak.measured(agent, ask, lambda connections: burst(agent, both.certificate, every_class, connections))


def executed(both):
    """How long ExecuteCommand of id takes on a kept connection, sorted; its lines in the audit log are on disk."""
    client, request, taken = both.client(both.certificate), wsman.execute_request("id"), []
    for _ in range(EXECUTIONS):
        began = time.monotonic()
        client.expect(request, "<p:ReturnCode>0</p:ReturnCode>")
        taken.append(time.monotonic() - began)
    return sorted(taken)


# What can be measured, in this order: name -> figures. agent_page has a section for each. Memory comes last: it stops
# what the others measure.
PARTS = {
    "rates": Comparison.all,
    "polls": lambda both: polls.measured(both.agent, both.client(both.certificate)),
    "processes": lambda both: many_processes.measured(both.agent, both.client(both.certificate)),
    "execution": executed,
    "memory": memory,
    "soak": soaked,
}


def chosen(args):
    if args.only:
        return [name for name in PARTS if name in args.only]
    return [name for name in PARTS if name != "soak" or args.soak]


def run(args):
    build_load()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-bench."))
    both = None
    try:
        both = Comparison(folder, args)
        sizes = both.prepare()
        found = {name: PARTS[name](both) for name in chosen(args)}
        report.save("agent", agent_page.page(found, sizes, args), found)
    finally:
        if both:
            both.stop()
        shutil.rmtree(folder)
    return 0
