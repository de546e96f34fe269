# SPDX-License-Identifier: GPL-2.0-or-later
"""The steps of one case: a connection, the values captured so far, and what came of it."""
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

import checks
from answer import Answer
from envelope import CaseError, Markup, fill
from wire import Connection, WireError

PASSED, FAILED, SKIPPED, PENDING, DEVIATED, UNEXPECTED = "passed", "failed", "skipped", "pending", "deviation", "unexpected"


@dataclass
class Result:
    """What became of one case. `exchanges` are (request bytes, response text) pairs."""
    case: object
    verdict: str = PASSED
    expected: str = ""
    got: str = ""
    reason: str = ""
    seconds: float = 0.0
    exchanges: list = field(default_factory=list)


class StepFailed(Exception):
    """A step's expectation is not fulfilled."""


class Captured(dict):
    """Values captured by the steps, and those that are asked of the server once for all cases."""

    def __init__(self, fixtures):
        super().__init__()
        self.fixtures = fixtures

    def __contains__(self, name):
        return super().__contains__(name) or self.fixtures.offers(name)

    def __getitem__(self, name):
        return super().__getitem__(name) if super().__contains__(name) else self.fixtures.value(name)


class Session:
    """The steps of one case: they share a connection and captured values."""

    def __init__(self, runner, result, use_fixtures=True):
        self.runner, self.result = runner, result
        self.captured = Captured(runner.fixtures) if use_fixtures else {}
        self.connection, self.kind = None, None
        self.open = {}

    def end(self):
        """Releases the enumerations that the case left open, so that no other case meets a full service."""
        for context, (class_name, credentials) in list(self.open.items())[:64]:
            send = {"use": "release", "class": class_name, "credentials": credentials}
            try:
                built = self.runner.builder.build(send, {"context": context})
                self._open(built).send(built.head() + built.body)
                self.connection.receive()
            except WireError:
                self.close()
        self.close()

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def step(self, step):
        for _ in range(step.get("repeat", 1)):
            self._once(step)
            if "then" in step:
                self._once({"send": step["then"]})

    def _once(self, step):
        expect = step.get("expect", {"ok": True})
        if "tls" in step:
            return self._tls(step["tls"], expect)
        built = self.runner.builder.build(step.get("send", {}), self.captured)
        self.captured["request_bytes"] = len(built.body)
        if step.get("connection") == "new":
            self.close()
        began = time.monotonic()
        answers = self._exchange(built, step, expect)
        took = time.monotonic() - began
        for answer in answers:
            self._check(answer, built, step, expect)
        if took > expect.get("seconds", took):
            raise StepFailed(f"an answer within {expect['seconds']} s, got one after {took:.1f} s")
        if "closed" in expect and self._ends(expect["closed"]) != expect["closed"]:
            raise StepFailed("the connection " + ("closed, got it open" if expect["closed"] else "kept, got it closed"))

    def _ends(self, expected):
        """Whether the connection was ended by the server; when it should stay open that is not waited for long."""
        return self.connection is None or self.connection.is_closed(self.runner.target.timeout if expected else 0.2)

    def _open(self, built):
        certificate = built.credentials == "default"
        if self.connection and self.kind != certificate:
            self.close()
        if self.connection is None:
            self.connection, self.kind = Connection(self.runner.target, certificate), certificate
        return self.connection

    def _exchange(self, built, step, expect):
        connection = self._open(built)
        if "wire" in step:
            self._wire(connection, step["wire"], built)
        elif built.framing == "expect":
            self._expect_continue(connection, built, expect)
        else:
            self._send(connection, built)
        if expect.get("no_answer"):
            return self._nothing(connection)
        answers = []
        for _ in range(expect.get("answers", 1)):
            response = connection.receive(built.method)
            if "informational" in expect and response.informational != expect["informational"] and built.framing != "expect":
                raise StepFailed(f"informational {expect['informational']}, got {response.informational}")
            self._remember(built, response)
            answers.append(Answer(response))
            self._note_context(answers[-1], built)
        if (answers[-1].response.field("Connection") or "").lower() == "close" and "closed" not in expect:
            self.close()
        return answers

    def _note_context(self, answer, built):
        context = answer.text(".//n:EnumerationContext")
        if context and not answer.fault:
            self.open[context] = (built.class_name, built.credentials)

    def _nothing(self, connection):
        if not connection.is_closed(self.runner.target.timeout):
            raise StepFailed("the connection closed without an answer, got something else")
        return []

    def _remember(self, built, response):
        text = response.head_text() + "\n\n" + response.body.decode("utf-8", "replace")
        self.result.exchanges.append((built.head() + built.body, text))

    def _send(self, connection, built):
        kind, _, number = built.framing.partition(":")
        if kind in ("length", "none"):
            return connection.send(built.head() + built.body)
        if kind == "bytewise":
            return connection.send(built.head() + built.body, len(built.head()) + len(built.body))
        if kind != "chunked":
            raise CaseError(f"framing {built.framing}: is not known")
        size = int(number or 1000)
        parts = [built.body[start:start + size] for start in range(0, len(built.body), size)]
        data = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        return connection.send(built.head() + data)

    def _expect_continue(self, connection, built, expect):
        """Sends the head, waits for 100 Continue and only then sends the body."""
        connection.send(built.head())
        first = connection.receive(built.method, final=False)
        if first.status != expect.get("informational", [100])[0]:
            raise StepFailed(f"100 Continue, got {first.status}")
        connection.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(built.body), built.body))

    def _wire(self, connection, moves, built):
        """Bytes as the case writes them. ${request} is the whole request, ${head}, ${body} and ${length} its parts."""
        parts = {"request": built.head() + built.body, "head": built.head(), "body": built.body,
                 "length": str(len(built.body)).encode(), "hexlength": b"%x" % len(built.body), "half": str(len(built.body) // 2).encode(),
                 "authorization": (self.runner.builder.authorization("default") or "").encode(),
                 "authority": self.runner.target.authority.encode(), "path": self.runner.target.path.encode()}
        for move in moves:
            if "pause" in move:
                time.sleep(move["pause"])
                continue
            text = move["send"].encode("latin-1")
            for name, value in parts.items():
                text = text.replace(b"${" + name.encode() + b"}", value)
            text = fill(text.decode("latin-1"), lambda name: self.captured[name]).encode("latin-1")
            connection.send(text, move.get("slices", 1), move.get("between", 0.0))

    def _check(self, answer, built, step, expect):
        seen = checks.Seen(answer, built, self.runner.profile, self.captured)
        self._capture(step.get("capture", {}), answer, seen)
        if wrong := checks.problem(seen, expect):
            raise StepFailed(wrong)

    def _capture(self, wanted, answer, seen):
        for name, path in wanted.items():
            if path == "@bytes":
                self.captured[name] = len(answer.body)
            elif path.startswith("#"):
                self.captured[name] = len(seen.find(path[1:]))
            elif path.startswith("xml:"):
                found = seen.find(path[4:])
                self.captured[name] = Markup("".join(ET.tostring(one, encoding="unicode") for one in found))
            else:
                found = seen.texts(path)
                if not found:
                    raise StepFailed(f"{path} in the answer, got {answer.summary()}")
                self.captured[name] = found[0]

    def _tls(self, version, expect):
        """A handshake of just this version of TLS."""
        try:
            Connection(self.runner.target, False, version).close()
            made = True
        except (WireError, OSError, ValueError):
            made = False
        if made == expect.get("no_connection", False):
            raise StepFailed(f"{'no ' if made else ''}handshake with {version}, got {'one' if made else 'none'}")
