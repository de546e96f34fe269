# SPDX-License-Identifier: GPL-2.0-or-later
"""Bodies that are too long, lie about their length or never end: refused early, whatever they promise."""
import contextlib
import unittest

import target

CAP = 512 * 1024
MOST_READ = CAP + 64 * 1024
MOST_GROWTH_KB = 32 * 1024
PATIENCE = 60

HEAD = b"POST /wsman HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n"
LENGTHS = {
    "2147483647": 413, "2147483648": 413, "4294967297": 413, "9223372036854775807": 413, "9223372036854775808": 413,
    "18446744073709551615": 400, "18446744073709551616": 400, "-1": 400, "+5": 400, "0x10": 400, "5 5": 400,
    "5,5": 400, "": 400, "05e1": 400, "99999999999999999999999999": 400,
}
CHUNKS = {
    "80000000": 413, "ffffffff": 413, "100000000": 413, "7fffffffffffffff": 413, "8000000000000000": 413,
    "ffffffffffffffff": 413, "10000000000000000": 400, "-1": 400, "+5": 400, "0x10": 400, "": 400, "5 5": 400,
}
# What begins a document and goes on for ever, and how.
ENDLESS = {
    "comment": (b"<!--", b"x" * 8192),
    "processing instruction": (b"<?x ", b"x" * 8192),
    "character data": (b"<a><![CDATA[", b"x" * 8192),
    "text": (b"<a>", b"x" * 8192),
    "attribute": (b'<a b="', b"x" * 8192),
    "attributes": (b"<a ", b'b="" ' * 1600),
    "element name": (b"<", b"x" * 8192),
    "nesting": (b"", b"<a>" * 2700),
    "entities": (b"<!DOCTYPE a [", b'<!ENTITY e "e">' * 540),
    "blanks": (b"", b" " * 8192),
}


class Bodies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.agent = target.Target(target.binary("release") or target.binary())
        cls.addClassCleanup(cls.agent.stop)

    def setUp(self):
        self.assertTrue(self.agent.is_well())
        self.before = self.agent.memory_kb()

    def tearDown(self):
        if target.binary("release"):  # a sanitizer keeps what was freed
            self.assertLess(self.agent.memory_kb() - self.before, MOST_GROWTH_KB)
        self.assertTrue(self.agent.is_well())
        self.assertEqual(self.agent.wounds(), [])

    def expect(self, status, request):
        answer = self.agent.ask(request)
        self.assertEqual(target.status_of(answer), status, answer[:300])
        self.assertIn(b"Connection: close", answer)

    def test_a_length_that_cannot_be_is_refused_at_the_head(self):
        for length, status in LENGTHS.items():
            with self.subTest(length):
                self.expect(status, HEAD + b"Content-Length: " + length.encode() + b"\r\n\r\n")

    def test_a_chunk_that_cannot_be_is_refused_at_its_size(self):
        for size, status in CHUNKS.items():
            with self.subTest(size):
                self.expect(status, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + size.encode() + b"\r\nxxxxx\r\n0\r\n\r\n")

    def test_two_ways_of_saying_the_length_are_refused(self):
        for fields in (b"Content-Length: 5\r\nContent-Length: 5\r\n", b"Content-Length: 5\r\nContent-Length: 6\r\n",
                       b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                       b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"):
            with self.subTest(fields):
                self.expect(400, HEAD + fields + b"\r\n" + b"0\r\n\r\n")

    def test_an_endless_document_in_chunks_is_refused_at_the_cap(self):
        for name, (begin, more) in ENDLESS.items():
            with self.subTest(name):
                sent, answer = self.stream(begin, more)
                self.assertEqual(target.status_of(answer), 413, answer[:300])
                self.assertLessEqual(sent, MOST_READ)

    def stream(self, begin, more):
        """Sends chunks until the agent answers; how much was sent, and the answer."""
        with contextlib.closing(self.agent.connect(timeout=PATIENCE)) as connection:
            connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
            connection.setblocking(False)
            sent = 0
            part = begin
            while sent < 8 * CAP:
                connection.setblocking(True)
                connection.settimeout(PATIENCE)
                try:
                    if part:
                        connection.sendall(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                        sent += len(part)
                    connection.settimeout(0.002)
                    with contextlib.suppress(TimeoutError):
                        return sent, connection.recv(65536)
                except OSError:
                    return sent, b""
                part = more
            return sent, b""

    def test_a_document_that_fills_the_cap_gets_a_fault_and_nothing_more(self):
        for name, (begin, more) in ENDLESS.items():
            with self.subTest(name):
                body = (begin + more * (CAP // len(more)))[:500_000]
                answer = self.agent.ask(target.post(body))
                self.assertIn(target.status_of(answer), (400, 500), answer[:300])


if __name__ == "__main__":
    unittest.main()
