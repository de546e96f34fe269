# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests out of shared templates: a case names a template and says what is different."""
import base64
import gzip
import re
import uuid
from xml.sax.saxutils import escape, quoteattr

VARIABLE = re.compile(r"\$\{([^}]*)\}")
ENCODINGS = {"utf-8": ("utf-8", b""), "utf-8-bom": ("utf-8", b"\xef\xbb\xbf"), "utf-16le": ("utf-16-le", b""),
             "utf-16be": ("utf-16-be", b""), "utf-16le-bom": ("utf-16-le", b"\xff\xfe"),
             "utf-16be-bom": ("utf-16-be", b"\xfe\xff"), "latin-1": ("latin-1", b""), "utf-32le": ("utf-32-le", b"")}


def gzip_cut(data):
    return gzip.compress(data)[:-3]


def gzip_and_more(data):
    return gzip.compress(data) + b"<more/>"


def gzip_twice(data):
    return gzip.compress(data) + gzip.compress(b" ")


# What the key gzip of a case does to the body.
PACKERS = {False: bytes, True: gzip.compress, "cut": gzip_cut, "and-more": gzip_and_more, "two-members": gzip_twice}


class Markup(str):
    """XML already; any other captured value is text and is escaped when a request takes it in."""


class CaseError(Exception):
    """A case, a template or a profile is written wrongly."""


def fill(text, values):
    """Replaces ${name}, ${repeat:TEXT:N}, ${count:N:TEXT with #} and ${sum:NAME:N} until none is left."""
    def one(match):
        word = match.group(1)
        if word.startswith("repeat:"):
            _, part, count = word.split(":")
            return part * int(count)
        if word.startswith("count:"):
            _, count, part = word.split(":", 2)
            return "".join(part.replace("#", str(number)) for number in range(int(count)))
        if word.startswith("sum:"):
            _, name, more = word.split(":")
            return str(int(look_up(name)) + int(more))
        return look_up(word)

    def look_up(name):
        value = values(name)
        if value is None:
            raise CaseError(f"${{{name}}}: nothing of this name is known")
        return str(value)

    for _ in range(6):
        if not VARIABLE.search(text):
            return text
        text = VARIABLE.sub(one, text)
    raise CaseError(f"{text[:80]}: its variables refer to each other")


def selectors_xml(selectors):
    """Selector elements; a value that is Markup is taken as it is."""
    return Markup("".join(
        f"<w:Selector Name={quoteattr(name)}>{value if isinstance(value, Markup) else escape(value)}</w:Selector>"
        for name, value in selectors.items()))


class Built:
    """One request, ready to be sent, and what the checks must know of it."""

    def __init__(self):
        self.method, self.path, self.fields, self.body = "POST", "/wsman", [], b""
        self.message_id = self.action = self.class_name = None
        self.credentials, self.framing = "default", "length"

    def head(self):
        lines = [f"{self.method} {self.path} HTTP/1.1"] + [f"{name}: {value}" for name, value in self.fields]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


class Builder:
    """Makes requests for one server. `templates` is the table of templates.toml."""

    def __init__(self, templates, profile, target, credentials):
        self.templates, self.profile, self.target, self.credentials = templates, profile, target, credentials

    def build(self, send, captured):
        template = dict(self.templates["template"].get(send.get("use", "get")) or {})
        if not template:
            raise CaseError(f"{send['use']}: no such template")
        spec = template | send
        built = Built()
        built.class_name = self.profile.class_of(spec.get("class", "single"))
        scope = self._scope(spec, built, captured)
        envelope = self._envelope(spec, scope)
        for old, new in spec.get("replace", []):
            old, new = fill(old, scope), fill(new, scope)
            if old not in envelope:
                raise CaseError(f"replace: the request has no {old[:60]!r}")
            envelope = envelope.replace(old, new, 1)
        built.action = fill(spec.get("action", ""), scope)
        built.body = self._encoded(envelope, spec)
        self._http(built, spec, scope)
        return built

    def _scope(self, spec, built, captured):
        built.message_id = spec.get("message_id", f"urn:uuid:{uuid.uuid4()}")
        own = {"to": self.target.url, "message_id": built.message_id, "authority": self.target.authority,
               "path": self.target.path, "class": built.class_name, "uri": self.profile.uri(built.class_name),
               "ns": self.profile.namespace_of(built.class_name), "action": spec.get("action", ""),
               "inner": spec.get("inner", ""), "namespace": self.profile.namespace,
               "max_envelope": str(spec.get("max_envelope", 512000)), "timeout": spec.get("timeout", "PT60.000S")}

        def look_up(name):
            if name in captured:
                value = captured[name]
                return value if isinstance(value, (Markup, int)) else escape(value)
            if name == "selectors":
                return self._selectors(spec, look_up)
            return own.get(name) if name in own else self.profile.value(name)

        built.message_id = own["message_id"] = fill(own["message_id"], look_up)
        return look_up

    def _selectors(self, spec, look_up):
        wanted = spec.get("selectors", {})
        keys = look_up(f"keys.{spec.get('class', 'single')}") if wanted == "keys" or spec.get("keys") else ""
        own = {} if wanted == "keys" else {
            name: Markup(fill(value if value.startswith("<") else escape(value), look_up))
            for name, value in wanted.items()}
        if self.profile.namespace and spec.get("namespace", True):
            own = {"__cimnamespace": self.profile.namespace} | own
        return (keys or "") + selectors_xml(own)

    def _envelope(self, spec, scope):
        if "whole" in spec:
            return fill(spec["whole"], scope)
        blocks = {} if spec.get("bare") else dict(self.templates["header"])
        blocks.update(spec.get("set", {}))
        for name in spec.get("drop", []):
            if blocks.pop(name, None) is None:
                raise CaseError(f"drop: no header block {name} in the template")
        if not fill("${selectors}", scope):
            blocks.pop("SelectorSet", None)
        header = "".join(blocks.values()) + spec.get("add", "")
        names = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in self.templates["prefixes"].items())
        declaration = spec.get("declaration", "")
        return fill(f"{declaration}<s:Envelope{names}><s:Header>{header}</s:Header><s:Body>{spec.get('body', '')}</s:Body>"
                    "</s:Envelope>", scope)

    @staticmethod
    def _encoded(envelope, spec):
        codec, mark = ENCODINGS[spec.get("encoding", "utf-8")]
        body = mark + envelope.encode(codec)
        for old, new in spec.get("bytes", []):
            if bytes.fromhex(old) not in body:
                raise CaseError(f"bytes: the request has no {old}")
            body = body.replace(bytes.fromhex(old), bytes.fromhex(new), 1)
        return PACKERS[spec.get("gzip", False)](body)

    def _http(self, built, spec, scope):
        built.method = spec.get("method", "POST")
        built.path = fill(spec.get("path", "${path}"), scope)
        built.credentials, built.framing = spec.get("credentials", "default"), spec.get("framing", "length")
        fields = {"Host": self.target.authority, "Content-Type": "application/soap+xml;charset=UTF-8"}
        authorization = self.authorization(built.credentials)
        if authorization:
            fields["Authorization"] = authorization
        fields.update(spec.get("fields", {}))
        if built.framing in ("length", "bytewise"):
            fields.setdefault("Content-Length", str(len(built.body)))
        elif built.framing != "none":
            fields.setdefault("Transfer-Encoding", "chunked")
        built.fields = [(name, fill(value, scope)) for name, value in fields.items() if value != ""]
        built.fields += [(name, fill(value, scope)) for name, value in spec.get("more_fields", [])]

    def authorization(self, kind):
        """The Authorization field of these credentials, if they want one."""
        if kind == "default" and self.credentials and not self.target.has_certificate:
            return self.basic(*self.credentials)
        if kind == "basic":
            if not self.credentials:
                raise CaseError("a case with Basic credentials needs --user and --password-file")
            return self.basic(*self.credentials)
        if kind == "wrong-password":
            return self.basic(self.credentials[0] if self.credentials else "nobody", "certainly-not-this-password")
        return None

    @staticmethod
    def basic(user, password):
        return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
