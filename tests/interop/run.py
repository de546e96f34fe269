#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Drives a WS-Management client that others have written at a muster-agent on loopback.

usage: run.py AGENT CLIENT [FOLDER]     CLIENT: winrm (python3-winrm) or wsman-messages (from npm, kept in FOLDER)

Exit status: 0 the client got what it wanted, 77 it is not here, anything else: it did not.
As root Basic is asked for too; see run_agent.py."""
import filecmp
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "conformance"))
sys.dont_write_bytecode = True
import run_agent  # noqa: E402

SKIPPED = 77
PYTHON = "/usr/bin/python3"  # Debian's, which sees Debian's modules


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def install(folder):
    """The packages of package-lock.json, in `folder`; no script of theirs is run."""
    if not shutil.which("npm") or not shutil.which("node"):
        skip("node and npm are not installed; any Node.js from version 18 on brings both")
    folder.mkdir(parents=True, exist_ok=True)
    lock, known = HERE / "package-lock.json", folder / "package-lock.json"
    if (folder / "node_modules").is_dir() and known.exists() and filecmp.cmp(lock, known, shallow=False):
        return
    for file in (HERE / "package.json", lock):
        shutil.copy(file, folder)
    run_agent.run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)


def command_of(client, folder):
    if client == "wsman-messages":
        install(folder)
        return ["node", HERE / "wsman_messages_client.js", folder / "node_modules"]
    if client == "winrm":
        if subprocess.run([PYTHON, "-c", "import winrm"], capture_output=True, check=False).returncode != 0:
            skip("python3-winrm is not installed; scripts/setup installs it")
        return [PYTHON, HERE / "winrm_client.py"]
    sys.exit(f"{client}: no client of that name; winrm or wsman-messages")


def main():
    agent, client = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    kept = pathlib.Path(sys.argv[3]).resolve() if len(sys.argv) > 3 else ROOT / "build" / "interop"
    command, folder, child = command_of(client, kept), pathlib.Path(tempfile.mkdtemp(prefix="muster-interop.")), None
    told = {}
    try:
        run_agent.make_identities(agent, folder)
        if os.geteuid() == 0:
            told = {"INTEROP_USER": run_agent.USER, "INTEROP_PASSWORD": run_agent.PASSWORD}
        else:
            print("not root: Basic authentication is left out")
        child, port = run_agent.start(agent, folder)
        told |= {"INTEROP_URL": f"https://localhost:{port}/wsman", "INTEROP_CA": str(folder / "ca" / "root.pem"),
                 "INTEROP_CERT": str(folder / "ca" / "client.pem")}
        return subprocess.run([str(word) for word in command], env=os.environ | told, timeout=120, check=False).returncode
    finally:
        if child:
            child.terminate()
            child.wait(20)
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
