# SPDX-License-Identifier: GPL-2.0-or-later
"""One connection to the server, byte by byte: what is sent is exactly what the case says, also when it is wrong HTTP."""
import socket
import ssl
import time
import urllib.parse

MOST_ANSWER_BYTES = 64 * 1024 * 1024


class WireError(Exception):
    """The connection failed, or what came is no HTTP."""


class Target:
    """Where the server is, and how to be let in."""

    def __init__(self, url, cert=None, key=None, ca=None, timeout=10.0):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise WireError(f"{url}: an URL like https://host:1270/wsman is wanted")
        self.url, self.tls, self.host = url, parts.scheme == "https", parts.hostname
        self.port = parts.port or (5986 if self.tls else 5985)
        self.path = parts.path or "/wsman"
        self.timeout = timeout
        self.with_certificate = self._context(ca, cert, key) if self.tls else None
        self.without_certificate = self._context(ca, None, None) if self.tls else None
        self.has_certificate = cert is not None

    @staticmethod
    def _context(ca, cert, key):
        try:
            context = ssl.create_default_context(cafile=ca)
            if cert:
                context.load_cert_chain(cert, key)
        except (OSError, ssl.SSLError) as error:
            raise WireError(f"{cert or ca}: cannot be used: {error}") from error
        return context

    @property
    def authority(self):
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Response:
    """An HTTP response; `informational` holds the status of each 1xx response before it."""

    def __init__(self, line, fields, body, informational):
        self.line, self.fields, self.body, self.informational = line, fields, body, informational
        self.status = int(line.split(" ")[1])

    def field(self, name):
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)

    def head_text(self):
        return "\n".join([self.line] + [f"{key}: {value}" for key, value in self.fields])


class Connection:
    """A TCP (and TLS) connection. Errors: WireError, whatever went wrong."""

    def __init__(self, target, certificate=True, tls_version=None):
        self.target, self.buffer = target, b""
        context = self._context_for(certificate, tls_version)
        try:
            self.socket = socket.create_connection((target.host, target.port), target.timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if target.tls:
                self.socket = context.wrap_socket(self.socket, server_hostname=target.host)
        except OSError as error:
            raise WireError(f"{target.authority}: no connection: {error}") from error

    def _context_for(self, certificate, version):
        """A context of its own for just one version, which says nothing of trust; else one of the target's."""
        if not version:
            return self.target.with_certificate if certificate else self.target.without_certificate
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
        return context

    def close(self):
        try:
            self.socket.close()
        except OSError:
            pass

    def send(self, data, slices=1, pause=0.0):
        """Sends the bytes in that many pieces. A peer that has closed meanwhile may still have answered: no error."""
        size = max(1, -(-len(data) // slices))
        try:
            for start in range(0, len(data), size):
                self.socket.sendall(data[start:start + size])
                if pause:
                    time.sleep(pause)
        except OSError:
            return

    def _more(self):
        if len(self.buffer) > MOST_ANSWER_BYTES:
            raise WireError("the answer is longer than 64 MiB")
        try:
            data = self.socket.recv(65536)
        except TimeoutError as error:
            raise WireError(f"no answer within {self.target.timeout:g} s") from error
        except OSError as error:
            raise WireError(f"the connection broke: {error}") from error
        self.buffer += data
        return bool(data)

    def is_closed(self, within):
        """Whether the server ends the connection within that many seconds, sending nothing more."""
        self.socket.settimeout(within)
        try:
            return not self.buffer and self.socket.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True
        finally:
            self.socket.settimeout(self.target.timeout)

    def _until(self, mark):
        while mark not in self.buffer:
            if not self._more():
                raise WireError("the server closed the connection without a complete answer"
                                if self.buffer else "the server closed the connection without an answer")
        part, self.buffer = self.buffer.split(mark, 1)
        return part

    def _exactly(self, count):
        while len(self.buffer) < count:
            if not self._more():
                raise WireError(f"the body ended after {len(self.buffer)} of {count} bytes")
        part, self.buffer = self.buffer[:count], self.buffer[count:]
        return part

    def _chunks(self):
        parts = []
        while True:
            size = int(self._until(b"\r\n").split(b";")[0], 16)
            if size == 0:
                while self._until(b"\r\n"):
                    pass
                return b"".join(parts)
            parts.append(self._exactly(size))
            self._exactly(2)

    def _body(self, status, fields, method):
        named = {key.lower(): value for key, value in fields}
        if method == "HEAD" or status in (204, 304):
            return b""
        if named.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        if "content-length" in named:
            return self._exactly(int(named["content-length"]))
        while self._more():
            pass
        part, self.buffer = self.buffer, b""
        return part

    def _head(self):
        lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        words = lines[0].split(" ", 2)
        if not words[0].startswith("HTTP/1.") or len(words) < 2 or not words[1].isdigit():
            raise WireError(f"not HTTP: {lines[0][:100]!r}")
        fields = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:] if ":" in line]
        return lines[0], int(words[1]), fields

    def receive(self, method="POST", final=True):
        """The next response; with final=False a 1xx response is one too."""
        informational = []
        while True:
            line, status, fields = self._head()
            if status >= 200:
                try:
                    body = self._body(status, fields, method)
                except ValueError as error:
                    raise WireError(f"bad framing of the answer: {error}") from error
                return Response(line, fields, body, informational)
            informational.append(status)
            if not final:
                return Response(line, fields, b"", informational)
