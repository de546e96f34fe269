#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Starts a muster-agent on loopback with a certificate made for this run, and runs scripts/conformance against it.

usage: run_agent.py AGENT [OPTION-OF-SCRIPTS/CONFORMANCE...]"""
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
AUTHORITY = ROOT / "scripts" / "bench.d" / "authority.sh"
CONFIG = """listen = ["127.0.0.1"]
port = {port}
user = "{user}"
tls_folder = "{folder}/tls"
run_folder = "{folder}/run"
state_folder = "{folder}/state"
log_level = "error"
[basic]
enabled = true
[[grant]]
role = "admin"
certificates = ["{client}"]
run_as = "{user}"
[limits]
penalties_exempt = ["127.0.0.1"]
"""


# Exists in the mount namespace of an agent that root has started.
USER, PASSWORD = "tester", "correct horse"
# Ours in the place of the system's, then the command.
COVER = 'for name in passwd shadow pam.d; do mount --bind "$0/$name" "/etc/$name"; done; exec "$@"'


def run(*command, **options):
    """Runs a command that must succeed; returns what it printed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{command[0]}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def make_identities(agent, folder):
    """An authority, the agent's certificate for localhost and a client's."""
    run(AUTHORITY, "make", folder / "ca")
    cert = [agent, "cert", "--tls-folder", folder / "tls"]
    run(*cert, "create")
    request = run(*cert, "request", "--name", "localhost", "--name", "127.0.0.1")
    run(*cert, "install", input=run(AUTHORITY, "sign", folder / "ca", "localhost", "127.0.0.1", input=request))


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def wait_for(agent, port):
    deadline = time.monotonic() + 30
    while agent.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"muster-agent: does not listen on port {port}; its words are above")


def make_users(folder):
    """One user for Basic whom only the agent will see."""
    hashed = run("openssl", "passwd", "-6", "-stdin", input=PASSWORD).strip()
    (folder / "passwd").write_text("root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n"
                                   f"{USER}:x:4242:4242::/:/bin/sh\n", encoding="utf-8")
    (folder / "shadow").write_text(f"{USER}:{hashed}:19000:0:99999:7:::\n", encoding="utf-8")
    (folder / "password").write_text(PASSWORD + "\n", encoding="utf-8")
    (folder / "pam.d").mkdir()
    (folder / "pam.d" / "muster").write_text("auth required pam_unix.so\naccount required pam_unix.so\n", encoding="utf-8")


def start(agent, folder):
    """The agent, and its port. As root it lends itself to nobody, and has users and PAM services of its own, so that
    USER can be let in; else it stays who it is."""
    behind = []
    if os.geteuid() == 0:
        make_users(folder)
        behind = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", COVER, str(folder)]
    user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    port, config = free_port(), folder / "agent.toml"
    folder.chmod(0o755)  # what acts for the client is not root
    (folder / "state").mkdir()
    client = run("openssl", "x509", "-in", folder / "ca" / "client.pem", "-noout", "-fingerprint", "-sha256")
    config.write_text(CONFIG.format(port=port, folder=folder, user=user, client=client.split("=")[1].strip()),
                      encoding="utf-8")
    child = subprocess.Popen([*behind, str(agent), "--config", str(config), "serve"])
    wait_for(child, port)
    return child, port


def children_of(child):
    return set(pathlib.Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split())


def first_children_of(child):
    """The front and the provider host: the port is open before they are there."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if len(children := children_of(child)) >= 2:
            return children
        time.sleep(0.05)
    sys.exit("muster-agent: it has no processes that serve")


def main():
    agent, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(tempfile.mkdtemp(prefix="muster-conformance."))
    child = None
    try:
        make_identities(agent, folder)
        child, port = start(agent, folder)
        basic = ["--user", USER, "--password-file", folder / "password"] if os.geteuid() == 0 else []
        serving = first_children_of(child)
        status = subprocess.run([sys.executable, ROOT / "scripts" / "conformance", f"https://localhost:{port}/wsman",
                               "--profile", "muster", "--ca", folder / "ca" / "root.pem",
                               "--cert", folder / "ca" / "client.pem", *basic, *sys.argv[2:]], check=False).returncode
        if not serving <= children_of(child):
            print("muster-agent: one of its processes died and was replaced; its words are above", file=sys.stderr)
            return 1
        return status
    finally:
        if child:
            child.terminate()
            child.wait(20)
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
