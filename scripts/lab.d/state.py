# SPDX-License-Identifier: GPL-2.0-or-later
"""What is known of the one lab on this machine, kept in its state directory; errors and small shared things."""
import json
import os
import pathlib
import subprocess
import sys

DIR = pathlib.Path(os.environ.get("MUSTER_LAB_DIR", "/run/muster-lab")).absolute()
RECORD = DIR / "lab.json"


class LabError(Exception):
    """What failed, object first, and what to try."""

    def __init__(self, what, hint=""):
        super().__init__(what)
        self.what, self.hint = what, hint


def say(text):
    print(text, flush=True)


def run(*command, **options):
    """Runs a command that must succeed; returns what it printed."""
    done = subprocess.run(command, stdin=options.pop("stdin", subprocess.DEVNULL), capture_output=True, text=True,
                          check=False, **options)
    if done.returncode != 0:
        raise LabError(f"{command[0]}: {(done.stderr or done.stdout).strip() or f'code {done.returncode}'}",
                       f"the command was: {' '.join(map(str, command))}")
    return done.stdout


def mount_points():
    """Every place where something is mounted, as this process sees it; a place mounted over twice comes twice."""
    text = pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    return [line.split()[4] for line in text.splitlines()]


def write_private(path, text):
    """Writes a file that is 0600 from its first moment."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)


def save(lab):
    """Replaces the record in one step: a reader sees the old one or the new one."""
    new = RECORD.with_suffix(".new")
    write_private(new, json.dumps(lab, indent=1) + "\n")
    new.rename(RECORD)


def load():
    """The record of the lab that is up (or half up)."""
    try:
        return json.loads(RECORD.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise LabError("no lab is up", f"start one with: {sys.argv[0]} up 3 (its records would be in {DIR})") from None


def host_named(lab, name):
    for host in lab["hosts"]:
        if host["name"] == name:
            return host
    raise LabError(f"{name}: no such host in the lab",
                   f"it has {lab['hosts'][0]['name']} to {lab['hosts'][-1]['name']}; see: {sys.argv[0]} status")
