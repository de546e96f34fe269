# SPDX-License-Identifier: GPL-2.0-or-later
"""A muster-agent on loopback to be attacked: started with real certificates, watched from outside."""
import contextlib
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "conformance"))
import run_agent  # noqa: E402  (its way to make identities and to wait is ours)

ACTIONS = "http://schemas.xmlsoap.org/ws/2004/09/"
CLASSES = "http://schemas.microsoft.com/wbem/wscim/1/cim-schema/2/"
IDENTIFY = ('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
            'xmlns:wsmid="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body>'
            '<wsmid:Identify/></s:Body></s:Envelope>')

# What the log says when a process of the agent did not survive: the monitor replaces it, so that nobody else notices.
WOUNDS = re.compile(r"Sanitizer|runtime error|killed by signal|exited with status|which it may not|Assertion")


def binary(build="dev"):
    """The agent to attack; the release build where a sanitizer would be in the way of figures. None: not built."""
    path = os.environ.get("MUSTER_AGENT" if build == "dev" else "MUSTER_RELEASE_AGENT", "")
    return pathlib.Path(path) if path and pathlib.Path(path).exists() else None


def envelope(action, class_name="SCX_Agent", header="", body=""):
    return ('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
            'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
            'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" '
            'xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration"><s:Header>'
            '<a:To>https://localhost:1270/wsman</a:To>'
            f'<w:ResourceURI s:mustUnderstand="true">{CLASSES}{class_name}</w:ResourceURI>'
            '<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>'
            f'<a:Action s:mustUnderstand="true">{ACTIONS}{action}</a:Action>'
            '<a:MessageID>uuid:00000000-0000-0000-0000-000000000001</a:MessageID>'
            '<w:Selector' f'Set><w:Selector Name="__cimnamespace">root/scx</w:Selector></w:SelectorSet>{header}'
            f'</s:Header><s:Body>{body}</s:Body></s:Envelope>')


def enumerate_request(class_name="SCX_Agent"):
    return envelope("enumeration/Enumerate", class_name,
                    body="<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>20</w:MaxElements></n:Enumerate>")


def post(body, *fields):
    """A request as bytes; `body` may be text."""
    body = body.encode() if isinstance(body, str) else body
    head = ["POST /wsman HTTP/1.1", "Host: localhost", "Content-Type: application/soap+xml;charset=UTF-8",
            *fields, f"Content-Length: {len(body)}"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def status_of(answer):
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") and answer[9:12].isdigit() else 0


class Target:
    """The running agent. `more` is added to [limits]; `accounts` is a folder that covers pam.d, passwd and shadow;
    `files` is how many descriptors the system grants a process."""

    def __init__(self, program, more="", accounts=None, files=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-attack."))
        self.log_file = self.folder / "log"
        self.process = None
        try:
            run_agent.make_identities(program, self.folder)
            self._start(program, more, accounts, files)
        except BaseException:
            self.stop()
            raise
        self.certified = self._context(True)
        self.stranger = self._context(False)

    def _start(self, program, more, accounts, files):
        self.port = run_agent.free_port()
        self.config = self.folder / "agent.toml"
        self.write_config(more)
        command = [str(program), "--config", str(self.config), "serve"]
        if accounts:
            command = ["unshare", "--mount", "--propagation", "private", "sh", "-c",
                       f'for f in pam.d passwd shadow; do mount --bind "{accounts}/$f" "/etc/$f" || exit 9; done; '
                       'exec "$@"', "sh", *command]
        environment = dict(os.environ, ASAN_OPTIONS="quarantine_size_mb=8:detect_leaks=0")
        with open(self.log_file, "wb") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment,
                preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))) if files else None)
        run_agent.wait_for(self.process, self.port)

    def write_config(self, limits="", level="info", basic="true"):
        user = "nobody" if os.geteuid() == 0 else __import__("pwd").getpwuid(os.geteuid()).pw_name
        self.config.write_text(
            f'listen = ["127.0.0.1"]\nport = {self.port}\nuser = "{user}"\ntls_folder = "{self.folder}/tls"\n'
            f'run_folder = "{self.folder}/run"\nlog_level = "{level}"\n[basic]\nenabled = {basic}\n'
            f'[limits]\n{limits}\n', encoding="utf-8")

    def _context(self, certificate):
        context = ssl.create_default_context(cafile=str(self.folder / "ca" / "root.pem"))
        if certificate:
            context.load_cert_chain(str(self.folder / "ca" / "client.pem"))
        return context

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- as a client

    def tcp(self, source="127.0.0.1", timeout=20.0):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout, source_address=(source, 0))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return plain

    def connect(self, context=None, source="127.0.0.1", timeout=20.0):
        """A TLS connection; with the client's certificate unless another context is given."""
        plain = self.tcp(source, timeout)
        try:
            return (context or self.certified).wrap_socket(plain, server_hostname="localhost")
        except BaseException:
            plain.close()
            raise

    def ask(self, request, context=None, source="127.0.0.1"):
        """One request on a connection of its own: the answer's bytes, up to the end of its body."""
        with contextlib.closing(self.connect(context, source)) as connection:
            connection.sendall(request)
            return read_answer(connection)

    def is_well(self):
        return status_of(self.ask(post(enumerate_request()))) == 200

    # --- from outside

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def log(self):
        return self.log_file.read_text(errors="replace")

    def wounds(self):
        return [line for line in self.log().splitlines() if WOUNDS.search(line)]

    def children(self):
        """Process ids by name: front, providers."""
        pid = self.process.pid
        found = {}
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            links = []
            with contextlib.suppress(OSError):  # the process has ended
                for name in os.listdir(f"/proc/{child}/fd"):
                    with contextlib.suppress(OSError):  # the descriptor is closed
                        links.append(os.readlink(f"/proc/{child}/fd/{name}"))
            found["front" if "anon_inode:[eventpoll]" in links else "providers"] = int(child)
        return found

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.children()['front']}/fd"))

    def memory_kb(self, process="front"):
        """The most that it has had resident."""
        status = pathlib.Path(f"/proc/{self.children()[process]}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))

    def cpu_seconds(self):
        """Of monitor, front and provider host, with the children that they have waited for."""
        tick = os.sysconf("SC_CLK_TCK")
        fields = [pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                  for pid in [self.process.pid, *self.children().values()]]
        return sum(sum(int(each) for each in line[11:15]) for line in fields) / tick


def read_answer(connection):
    """The bytes of one answer; of none when the connection ended first."""
    got = b""
    while True:
        head, end, body = got.partition(b"\r\n\r\n")
        if end:
            length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n")
                           if line.lower().startswith(b"content-length:")), 0)
            if len(body) >= length:
                return got
        part = connection.recv(65536)
        if not part:
            return got
        got += part


def eventually(holds, seconds=30.0):
    """Asks again and again until it holds; false when the time is over."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
