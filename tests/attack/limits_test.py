# SPDX-License-Identifier: GPL-2.0-or-later
"""The agent's own limits, and its configuration read again while it works."""
import contextlib
import os
import pathlib
import unittest

import target


def limit_of(pid, name):
    lines = pathlib.Path(f"/proc/{pid}/limits").read_text().splitlines()
    return next(line[len(name):].split()[0] for line in lines if line.startswith(name))


class Limits(unittest.TestCase):
    def start(self, program, limits="", files=None):
        self.agent = target.Target(program, limits, files=files)
        self.addCleanup(self.agent.stop)
        self.assertTrue(self.agent.is_well())

    def says(self, words):
        return target.eventually(lambda: words in self.agent.log())

    @unittest.skipUnless(target.binary("release"), "a sanitizer takes more address space than any limit")
    def test_a_front_that_comes_to_its_memory_limit_is_replaced(self):
        self.start(target.binary("release"), "memory_mb = 64\nconnections_per_source = 256")
        children = self.agent.children()
        for pid in children.values():
            self.assertEqual(limit_of(pid, "Max address space"), str(64 << 20))
            self.assertEqual(limit_of(pid, "Max core file size"), "0")
        almost = target.post(b"x" * 500_000)[:-1]  # a body that is kept, since its last byte is missing
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for _ in range(150):
                held.enter_context(contextlib.closing(self.agent.connect())).sendall(almost)
        self.assertTrue(self.says("front: out of memory; its limit is 64 MB"), self.agent.log())
        self.assertTrue(target.eventually(self.is_well_again))
        self.assertNotIn(children["front"], self.agent.children().values())

    def is_well_again(self):
        try:
            return self.agent.is_well()
        except OSError:
            return False

    def test_descriptors_are_bounded_and_running_out_of_them_is_survived(self):
        self.start(target.binary(), 'connections = 100\nunauthenticated = "off"\npenalties = false')
        self.assertEqual(limit_of(self.agent.children()["front"], "Max open files"), "164")
        self.assertEqual(limit_of(self.agent.children()["providers"], "Max open files"), "256")
        self.agent.stop()
        self.start(target.binary(), 'connections = 100\nunauthenticated = "off"\npenalties = false', files=40)
        self.assertEqual(limit_of(self.agent.children()["front"], "Max open files"), "40")
        with contextlib.ExitStack() as held:
            for _ in range(45):
                held.enter_context(contextlib.closing(self.agent.tcp()))
            self.assertTrue(self.says("accepting connections: Too many open files"))
        self.assertTrue(target.eventually(self.is_well_again))
        self.assertEqual(self.agent.log().count("Too many open files"), 1, "said once")

    def test_a_changed_configuration_counts_without_dropping_a_connection(self):
        self.start(target.binary())
        unknown = target.post(target.enumerate_request())
        self.assertIn(b"WWW-Authenticate: Basic", self.agent.ask(unknown, self.agent.stranger))
        with contextlib.closing(self.agent.connect()) as kept:
            before = self.agent.children()["front"]
            self.agent.write_config("connections = 3", level="debug", basic="false")
            self.agent.reload()
            self.assertTrue(self.says("the configuration was read again"), self.agent.log())
            self.assertTrue(target.eventually(
                lambda: b"WWW-Authenticate" not in self.agent.ask(unknown, self.agent.stranger)))
            kept.sendall(target.post(target.IDENTIFY))
            answer = target.read_answer(kept)
            self.assertEqual(target.status_of(answer), 200)
            self.assertNotIn(b"secprofile/https/basic", answer)
            self.assertEqual(self.agent.children()["front"], before)
            with contextlib.ExitStack() as held:
                for _ in range(2):
                    connection = held.enter_context(contextlib.closing(self.agent.connect()))
                    connection.sendall(target.post(target.IDENTIFY))
                    self.assertEqual(target.status_of(target.read_answer(connection)), 200)
                with self.assertRaises(OSError):
                    self.agent.ask(target.post(target.IDENTIFY))

    def test_what_needs_a_restart_is_named_and_an_error_changes_nothing(self):
        self.start(target.binary())
        good = self.agent.config.read_text()
        self.agent.config.write_text(good.replace(f"port = {self.agent.port}", "port = 9"))
        self.agent.reload()
        self.assertTrue(self.says("reload: port has changed; it needs: systemctl restart muster-agent"))
        self.assertTrue(self.agent.is_well())
        self.agent.config.write_text(good.replace("[basic]", "[basic]\nenabld = true"))
        self.agent.reload()
        self.assertTrue(self.says("the earlier configuration stays: "), self.agent.log())
        self.assertIn(f"{self.agent.config}:8:10: basic.enabld: unknown key", self.agent.log())
        self.assertTrue(self.agent.is_well())

    def test_watched_certificates_are_taken_over(self):
        self.start(target.binary())
        listing = target.post(target.enumerate_request("Muster_CertificateFile"))
        root = self.agent.folder / "ca" / "root.pem"
        readable = self.agent.folder / "watched.pem"
        readable.write_text(root.read_text())
        readable.chmod(0o644)
        os.chmod(self.agent.folder, 0o755)
        self.assertNotIn(b"watched.pem", self.agent.ask(listing))
        self.agent.config.write_text(self.agent.config.read_text() + f'[certificates]\nfiles = ["{readable}"]\n')
        self.agent.reload()
        self.assertTrue(target.eventually(lambda: b"watched.pem" in self.agent.ask(listing)), self.agent.log())


if __name__ == "__main__":
    unittest.main()
