# SPDX-License-Identifier: GPL-2.0-or-later
"""What one does with a lab that is up: look at it, log in, run commands in a host, make its disks full."""
import os
import pathlib
import subprocess

import cgroups
import inventory
import layers
import lifecycle
import state
from state import LabError, say

HERE = pathlib.Path(__file__).parent
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
               "USER": "root", "LOGNAME": "root", "TERM": os.environ.get("TERM", "dumb"), "LC_ALL": "C.UTF-8"}


def print_lab(lab):
    say(f"{'host':<6} {'address':<14} {'kind':<8} sudo")
    for host in lab["hosts"]:
        say(f"{host['name']:<6} {host['address']:<14} {lab['kind']:<8} {host['sudo']}")
    paths = [("inventory", inventory.INVENTORY), ("ssh key", layers.KEY), ("known hosts", layers.KNOWN_HOSTS),
             ("ssh config", inventory.SSH_CONFIG), ("sudo and login password of deploy", layers.BECOME),
             ("password of monitor", layers.MONITOR)]
    paths += [(f"real password of deploy on {host['name']}", layers.real_password_file(host))
              for host in lab["hosts"] if host["sudo"] == "wrongpass"]
    width = max(len(name) for name, _ in paths)
    say("")
    for name, path in paths:
        say(f"{name:<{width}}  {path}")


def status():
    """Prints each host's state; returns 0 when all that should answer do."""
    lab = state.load()
    say(f"lab is {lab['state']}: {len(lab['hosts'])} hosts, {lab['kind']}, {lab['base']}")
    silent = 0
    for host in lab["hosts"]:
        if host["sudo"] == "down":
            answer = "down on purpose"
        elif lifecycle.is_ready(host, lab["kind"]):
            answer = "answers"
        else:
            answer, silent = "SILENT", silent + 1
        say(f"{host['name']:<6} {host['address']:<14} {host['sudo']:<11} {answer}")
    return 1 if silent or lab["state"] != "up" else 0


def ssh(name, command):
    """Becomes ssh as deploy."""
    state.host_named(state.load(), name)
    os.execvp("ssh", ["ssh", "-F", str(inventory.SSH_CONFIG), name, *command])


def enter(name):
    """The nsenter command that runs what follows as root in the host."""
    host = state.host_named(state.load(), name)
    pid = cgroups.first_process(name)
    if pid is None:
        raise LabError(f"{name}: has no process", "it is down on purpose" if host["sudo"] == "down" else
                       f"it stopped; see {layers.folder_of(host)}/console.log")
    cgroups.join_for_exec(name)
    return ["nsenter", f"--target={pid}", "--mount", "--uts", "--ipc", "--net", "--pid", "--"]


def execute(name, command):
    """Becomes the command, run by root in the host."""
    words = enter(name) + command
    os.execvpe(words[0], words, ENVIRONMENT)


def run_script(name, script, *arguments):
    """Runs a script of this folder as root in the host; the host sees its text, not the file."""
    done = subprocess.run(enter(name) + ["/bin/sh", "-c", (HERE / script).read_text(encoding="utf-8"), script,
                                         *arguments], env=ENVIRONMENT, check=False)
    return done.returncode


def mount_small(name, folder, size):
    return run_script(name, "mount-small.sh", folder, size)


def fill(name, folders):
    return run_script(name, "fill.sh", *(folders or ["/tmp", "/var"]))
