# SPDX-License-Identifier: GPL-2.0-or-later
"""What makes one host different from the base image: the files in its upper layer, written before it is mounted."""
import os
import pathlib
import secrets
import subprocess
import uuid

import network
from state import DIR, run, write_private

KEY = DIR / "key"
BECOME = DIR / "become-pass"
MONITOR = DIR / "monitor-pass"
KNOWN_HOSTS = DIR / "known_hosts"

# Policies of the host kinds; the kinds wrongpass and down exist with --broken only, and down has no host at all.
SUDOERS = {
    "nopasswd": "deploy ALL=(ALL:ALL) NOPASSWD: ALL\n",
    "password": "deploy ALL=(ALL:ALL) ALL\n",
    "requiretty": "Defaults:deploy requiretty\ndeploy ALL=(ALL:ALL) ALL\n",
    "wrongpass": "deploy ALL=(ALL:ALL) ALL\n",
}


def folder_of(host):
    return DIR / "hosts" / host["name"]


def real_password_file(host):
    """The file with deploy's password on that host: become-pass, except where that one is wrong on purpose."""
    return folder_of(host) / "deploy-pass" if host["sudo"] == "wrongpass" else BECOME


def make_secrets():
    """The lab's key pair and passwords; returns the hashes of the passwords of deploy and monitor."""
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "muster-lab", "-f", str(KEY))
    return {"deploy": new_password(BECOME), "monitor": new_password(MONITOR)}


def new_password(path):
    """Writes a random password to the file and returns its crypt(3) hash."""
    password = secrets.token_urlsafe(18)
    write_private(path, password + "\n")
    done = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=password, capture_output=True, text=True,
                          check=True)
    return done.stdout.strip()


class Upper:
    """The upper layer of one host. A folder made in it gets owner and mode of the image's folder that it will hide."""

    def __init__(self, folder, image):
        self.root, self.image = folder / "upper", image
        for part in ("upper", "work", "root"):
            (folder / part).mkdir(parents=True)
            (folder / part).chmod(0o755)

    def folder(self, relative):
        place = self.root / relative
        if not place.is_dir():
            self.folder(pathlib.Path(relative).parent)
            place.mkdir()
            self.own_as_in_image(relative)
        return place

    def own_as_in_image(self, relative):
        model = os.stat(self.image / relative)
        os.chown(self.root / relative, model.st_uid, model.st_gid)
        os.chmod(self.root / relative, model.st_mode & 0o7777)

    def put(self, relative, text, mode=0o644):
        place = self.folder(pathlib.Path(relative).parent) / pathlib.Path(relative).name
        write_private(place, text)
        place.chmod(mode)


def make(host, image, hashes, hosts):
    """Writes the upper layer of one host; returns the line that known_hosts needs for it."""
    folder = folder_of(host)
    upper = Upper(folder, image)
    if host["sudo"] == "wrongpass":
        hashes = {**hashes, "deploy": new_password(real_password_file(host))}
    upper.put("etc/hostname", host["name"] + "\n")
    upper.put("etc/machine-id", uuid.uuid4().hex + "\n", 0o444)
    upper.put("etc/hosts", hosts_file(host, hosts))
    upper.put("etc/sudoers.d/lab", SUDOERS[host["sudo"]], 0o440)
    upper.put("etc/shadow", shadow(image, hashes))
    upper.own_as_in_image("etc/shadow")
    put_authorized_key(upper)
    key = upper.folder("etc/ssh") / "ssh_host_ed25519_key"
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", host["name"], "-f", str(key))
    kind, value, _ = key.with_suffix(".pub").read_text(encoding="ascii").split()
    return f"{host['address']} {kind} {value}\n"


def put_authorized_key(upper):
    ssh = upper.folder("home/deploy") / ".ssh"
    ssh.mkdir(mode=0o700)
    keys = ssh / "authorized_keys"
    keys.write_text(KEY.with_suffix(".pub").read_text(encoding="ascii"), encoding="ascii")
    owner = os.stat(upper.root / "home/deploy")
    for path in (ssh, keys):
        os.chown(path, owner.st_uid, owner.st_gid)


def hosts_file(host, hosts):
    lines = ["127.0.0.1 localhost", "::1 localhost ip6-localhost", f"127.0.1.1 {host['name']}",
             f"{network.CONTROLLER} controller"]
    lines += [f"{other['address']} {other['name']}" for other in hosts if other is not host]
    return "\n".join(lines) + "\n"


def shadow(image, hashes):
    lines = []
    for line in (image / "etc/shadow").read_text(encoding="utf-8").splitlines():
        fields = line.split(":")
        fields[1] = hashes.get(fields[0], fields[1])
        lines.append(":".join(fields))
    return "\n".join(lines) + "\n"
