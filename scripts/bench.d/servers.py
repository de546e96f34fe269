# SPDX-License-Identifier: GPL-2.0-or-later
"""The two servers that are measured: muster-agent and, beside it, nginx; both on loopback, from a temporary folder."""
import pathlib
import shutil
import socket
import subprocess
import time

import processes
from processes import BenchError
from report import ROOT

AGENT = ROOT / "build" / "release" / "muster-agent"
AUTHORITY = pathlib.Path(__file__).parent / "authority.sh"
# Limits above a management server's need, so that one source may open a burst of connections.
AGENT_CONFIG = """listen = ["127.0.0.1"]
port = {port}
user = "nobody"
tls_folder = "{folder}/tls"
run_folder = "{folder}/run"
state_folder = "{folder}/state"
log_level = "warning"
[limits]
connections = 300
connections_per_source = 300
[[grant]]
role = "admin"
certificates = ["{client}"]
run_as = "nobody"
"""
NGINX_CONFIG = """daemon off;
user nobody nogroup;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  open_file_cache max=10;
  default_type application/soap+xml;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_certificate {folder}/server.pem;
  ssl_certificate_key {folder}/server.key;
  ssl_session_tickets off;
  root {folder}/static;
  error_page 405 =200 /wsman;
  server {{ listen 127.0.0.1:{port} ssl; }}
  server {{
    listen 127.0.0.1:{strict_port} ssl;
    ssl_client_certificate {folder}/ca/root.pem;
    ssl_verify_client on;
    ssl_verify_depth 3;
  }}
}}
"""


def run(*command, **options):
    """Runs a command that must succeed; returns what it printed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise BenchError(f"{command[0]}: {(done.stderr or done.stdout).strip()}", " ".join(map(str, command)))
    return done.stdout


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


class Server:
    """A child process with its own children."""

    def __init__(self, name, command, port):
        self.name, self.port = name, port
        self.child = subprocess.Popen([str(word) for word in command])
        deadline = time.monotonic() + 15
        while True:
            if self.child.poll() is not None:
                raise BenchError(f"{name}: ended while starting, status {self.child.returncode}", "its words are above")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    self.stop()
                    raise BenchError(f"{name}: does not listen on port {port} after 15 s") from None
                time.sleep(0.05)

    def pids(self):
        return processes.with_children(self.child.pid)

    def cpu_seconds(self):
        return processes.cpu_seconds(self.pids())

    def pss_kb(self):
        return processes.pss_kb(self.pids())

    def stop(self):
        self.child.terminate()
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def make_authority(folder):
    run(AUTHORITY, "make", folder / "ca")
    return folder / "ca"


def make_agent_identity(folder):
    """Key and certificate as provisioning makes them: the agent's own key and request, signed by the authority."""
    if not AGENT.exists():
        raise BenchError(f"{AGENT}: is not there", "scripts/build makes it")
    cert = [AGENT, "cert", "--tls-folder", folder / "tls"]
    run(*cert, "create")
    request = run(*cert, "request", "--name", "localhost", "--name", "127.0.0.1")
    run(*cert, "install", input=run(AUTHORITY, "sign", folder / "ca", "localhost", "127.0.0.1", input=request))


def start_agent(folder):
    port = free_port()
    config = folder / "agent.toml"
    folder.chmod(0o755)  # what acts for the client is not root
    (folder / "state").mkdir(exist_ok=True)
    client = run("openssl", "x509", "-in", folder / "ca" / "client.pem", "-noout", "-fingerprint", "-sha256")
    config.write_text(AGENT_CONFIG.format(port=port, folder=folder, client=client.split("=")[1].strip()),
                      encoding="utf-8")
    return Server("muster-agent", [AGENT, "--config", config, "serve"], port)


def start_nginx(folder, reply):
    """Answers every POST to /wsman with this body. `strict_port` wants a client certificate of the authority."""
    if not shutil.which("nginx"):
        raise BenchError("nginx: is not installed", "scripts/setup installs it")
    static = folder / "static"
    static.mkdir()
    (static / "wsman").write_bytes(reply)
    for place in (folder, static):
        place.chmod(0o755)
    request = run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                  "-keyout", folder / "server.key", "-subj", "/CN=localhost")
    chain = run(AUTHORITY, "sign", folder / "ca", "localhost", "127.0.0.1", input=request)
    end = "-----END CERTIFICATE-----\n"
    (folder / "server.pem").write_text(end.join(chain.split(end)[:2]) + end, encoding="ascii")  # without the root
    port, strict_port = free_port(), free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX_CONFIG.format(port=port, strict_port=strict_port, folder=folder), encoding="utf-8")
    server = Server("nginx", ["nginx", "-c", config, "-e", folder / "nginx.log"], port)
    server.strict_port = strict_port
    return server
