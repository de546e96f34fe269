# SPDX-License-Identifier: GPL-2.0-or-later
"""A crowd that never authenticates, and one client with a certificate that must not notice more than a delay.

The crowd opens again at once whatever is closed on it: silent connections, half handshakes, heads and bodies that drip,
answers that nobody reads. First from other addresses than the client's, then from the client's own."""
import contextlib
import multiprocessing
import os
import resource
import selectors
import socket
import ssl
import time
import unittest

import target
from control import Control

SECONDS = 20
# How many of each kind are kept open, and what a connection of it sends first and then every second.
KINDS = {
    "silent": (400, None, b""),
    "half a handshake": (150, "hello", b""),
    "dripping head": (150, b"POST /wsman HTTP/1.1\r\nHost: localhost\r\nX-Drip: ", b"x"),
    "dripping body": (60, b"POST /wsman HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n", b"x"),
    "unread answers": (40, target.post(target.IDENTIFY, "WSMANIDENTIFY: unauthenticated") * 20, b""),
}
MOST_RESIDENT_KB = 64 * 1024
OPENED_PER_SECOND = 100  # of each kind; as slowhttptest does it. Who is closed comes again


class Attacker:
    """One connection of the crowd, non-blocking."""

    def __init__(self, port, source, kind, context):
        _, self.first, self.drip = KINDS[kind]
        self.plain = socket.socket()
        self.plain.setblocking(False)
        self.plain.bind((source, 0))
        self.plain.connect_ex(("127.0.0.1", port))
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost") if self.first else None
        self.shaken = False
        self.next = time.monotonic()

    def send(self):
        with contextlib.suppress(BlockingIOError):
            if self.outgoing.pending:
                self.plain.send(self.outgoing.read())

    def move(self, readable):
        """Goes on as far as it can; false when the agent has ended it."""
        try:
            if readable and self.first != "hello":
                got = self.plain.recv(65536)
                if not got:
                    return False
                self.incoming.write(got)
            elif readable and not self.plain.recv(65536, socket.MSG_PEEK):
                return False
            if self.tls:
                self.talk()
            return True
        except BlockingIOError:
            return True
        except OSError:
            return False

    def talk(self):
        if not self.shaken:
            with contextlib.suppress(ssl.SSLWantReadError):
                self.tls.do_handshake()
                self.shaken = True
                self.tls.write(self.first)
        elif self.drip and time.monotonic() >= self.next:
            self.tls.write(self.drip)
            self.next = time.monotonic() + 1
        self.send()


def crowd(port, sources, kind, until, opened):
    """Keeps as many connections of the kind open as it wants, for as long as it may."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    wanted, turn = KINDS[kind][0], 0
    there = {}
    selector = selectors.DefaultSelector()
    began = time.monotonic()
    while time.monotonic() < until:
        due = int((time.monotonic() - began) * OPENED_PER_SECOND) - turn
        for _ in range(min(due, wanted - len(there))):
            attacker = Attacker(port, sources[turn % len(sources)], kind, context)
            turn += 1
            there[attacker.plain] = attacker
            selector.register(attacker.plain, selectors.EVENT_READ)
        ready = {key.fileobj for key, _ in selector.select(0.02)}
        for plain, attacker in list(there.items()):
            if not attacker.move(plain in ready):
                selector.unregister(plain)
                plain.close()
                del there[plain]
    opened.value = turn
    os._exit(0)


class Flood(unittest.TestCase):
    def setUp(self):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
        self.agent = target.Target(target.binary("release") or target.binary())
        self.addCleanup(self.agent.stop)

    def under_attack_from(self, sources):
        self.assertTrue(self.agent.is_well())
        base = self.agent.descriptors()
        quiet = Control(self.agent)
        quiet.run(time.monotonic() + 5)
        control = Control(self.agent)
        until = time.monotonic() + SECONDS
        counts = {kind: multiprocessing.Value("l", 0) for kind in KINDS}
        crowds = [multiprocessing.Process(target=crowd, args=(self.agent.port, sources, kind, until, counts[kind]))
                  for kind in KINDS]
        for each in crowds:
            each.start()
        control.run(until)
        resident = self.agent.memory_kb()
        for each in crowds:
            each.join(30)
            if each.is_alive():
                each.kill()
        self.assertEqual([each.exitcode for each in crowds], [0] * len(crowds))
        opened = {kind: count.value for kind, count in counts.items()}
        for kind, count in opened.items():
            self.assertGreaterEqual(count, KINDS[kind][0] // 2, f"{kind}: this was no flood")
        print(f"[{sum(opened.values())} connections in {SECONDS} s; control {len(control.times)} requests, p99 "
              f"{control.p99_ms():.0f} ms, without the flood {quiet.p99_ms():.0f} ms; front {resident} kB] ", end="")
        self.assertEqual(control.failures, [])
        self.assertEqual(self.agent.wounds(), [])
        self.assertGreater(len(control.times), 20)
        if target.binary("release"):
            self.assertLess(resident, MOST_RESIDENT_KB)
        quiet.kept.close()
        control.kept.close()
        self.assertTrue(target.eventually(lambda: self.agent.descriptors() <= base + 2, 40), self.agent.descriptors())

    def test_from_elsewhere_costs_the_client_with_a_certificate_nothing_but_time(self):
        self.under_attack_from([f"127.0.1.{i + 1}" for i in range(25)])

    def test_from_the_clients_own_address_neither(self):
        self.under_attack_from(["127.0.0.1"])


if __name__ == "__main__":
    unittest.main()
