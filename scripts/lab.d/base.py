# SPDX-License-Identifier: GPL-2.0-or-later
"""Base images: one debootstrap'ed root file system per Debian release, cached, shared read-only by all hosts."""
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile

from state import LabError, say

CACHE = pathlib.Path("/var/cache/muster-lab")
RELEASES = ("bookworm", "bullseye", "trixie")
PACKAGES = ("systemd", "systemd-sysv", "dbus", "libpam-systemd", "openssh-server", "sudo", "openssl", "procps",
            "iproute2", "python3")
# What the package muster depends on: a host can be a management server too, if it runs the release that the program
# was built on.
SERVER_LIBRARIES = ("libcsv3", "libgsoap-2.8.124", "libpugixml1v5", "libsqlite3-0", "libssh-4",
                    "libyaml-cpp0.7", "openssh-client")
SETUP = pathlib.Path(__file__).with_name("base-setup.sh")


def apt_suites():
    """What this machine's own apt installs from: pairs of address and suite."""
    listed = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages",
                             "Component: main"], stdout=subprocess.PIPE, check=False, text=True).stdout.splitlines()
    return [tuple(line.split()) for line in listed if len(line.split()) == 2]


def mirror():
    """The Debian mirror that this machine's own apt uses; MUSTER_LAB_MIRROR names another."""
    if named := os.environ.get("MUSTER_LAB_MIRROR"):
        return named
    plain = [uri for uri, _ in apt_suites() if "security" not in uri]
    if not plain:
        raise LabError("apt-get indextargets: this machine's apt has no Debian mirror", "run apt-get update, or set MUSTER_LAB_MIRROR")
    return plain[0].rstrip("/")


def own_release():
    """The Debian release of this machine; empty on another distribution."""
    words = dict(line.split("=", 1) for line in pathlib.Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
                 if "=" in line)
    return words.get("VERSION_CODENAME", "") if words.get("ID") == "debian" else ""


def server_libraries_of(release):
    return SERVER_LIBRARIES if release == own_release() else ()


def name_sources(root, release):
    """For apt inside the image: all suites of its release, security updates too, and the way to them."""
    lines = [f"deb {uri} {suite} main" for uri, suite in apt_suites() if suite.split("-")[0] == release]
    (root / "etc/apt/sources.list").write_text("\n".join(lines) + "\n", encoding="utf-8")
    shutil.copyfile("/etc/resolv.conf", root / "etc/resolv.conf")


def path_of(release):
    """The image's place; the hash changes when the recipe does, so an old image is never taken for a new one."""
    recipe = "\n".join((release, *PACKAGES, *server_libraries_of(release))).encode() + SETUP.read_bytes()
    return CACHE / f"{release}-{hashlib.sha256(recipe).hexdigest()[:12]}"


def ensure(release):
    """Returns the image, building it when it is not cached. A cut build leaves nothing that looks complete."""
    image = path_of(release)
    if image.is_dir():
        return image
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not image.is_dir():
            for stale in CACHE.glob(f".build-{release}-*"):
                shutil.rmtree(stale)
            build(release, image)
    return image


def build(release, image):
    """Builds in a temporary directory and renames. debootstrap's mounts live in a mount namespace that ends with it."""
    say(f"base image {release}: building (a minute or two, once; log {CACHE}/{release}.log) ...")
    source = mirror()
    work = pathlib.Path(tempfile.mkdtemp(prefix=f".build-{release}-", dir=CACHE))
    root = work / "root"
    # The setpriv/unshare pair: killing us kills debootstrap and everything below it.
    alone = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--propagation", "private", "--pid", "--fork",
             "--kill-child", "--"]
    with open(CACHE / f"{release}.log", "w", encoding="utf-8") as log:
        def step(*command):
            done = subprocess.run([*alone, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False,
                                  env={**os.environ, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C",
                                       "TMPDIR": "/tmp", "DEBIAN_FRONTEND": "noninteractive"})
            if done.returncode != 0:
                shutil.rmtree(work, ignore_errors=True)
                raise LabError(f"base image {release}: {command[0]} failed with code {done.returncode}",
                               f"see {log.name}; is {source} reachable? MUSTER_LAB_MIRROR names another mirror")

        step("debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", release, str(root), source)
        if libraries := server_libraries_of(release):
            name_sources(root, release)
            step("chroot", str(root), "apt-get", "-q", "update")
            step("chroot", str(root), "apt-get", "-q", "-y", "--no-install-recommends", "install", *libraries)
        step("chroot", str(root), "/bin/sh", "-c", SETUP.read_text(encoding="utf-8"))
    root.chmod(0o755)
    root.rename(image)
    work.rmdir()
