# SPDX-License-Identifier: GPL-2.0-or-later
"""Passwords guessed by many sources at once, against the host's own pam_unix and accounts made for this test. Needs
root, for a mount namespace in which they are the host's."""
import base64
import concurrent.futures
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import target

PASSWORD = "correct horse"
ATTACKERS = 25
ROUNDS = 10


def basic(user, password):
    return "Authorization: Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def make_accounts(folder):
    """pam.d with the agent's own service file, passwd and shadow with one user whose hash costs what Debian's does."""
    crypted = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=PASSWORD, text=True, capture_output=True,
                             check=True).stdout.strip()
    people = "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n"
    people += "".join(f"{name}:x:{3001 + i}:3001::/:/bin/sh\n" for i, name in enumerate(("alice", "bob")))
    (folder / "pam.d").mkdir()
    (folder / "pam.d" / "muster").write_text("auth required pam_unix.so\naccount required pam_unix.so\n")
    (folder / "pam.d" / "other").write_text("auth required pam_deny.so\naccount required pam_deny.so\n")
    (folder / "passwd").write_text(people)
    (folder / "shadow").write_text("".join(f"{name}:{crypted}:19000:0:99999:7:::\n" for name in ("alice", "bob")))
    (folder / "shadow").chmod(0o600)


@unittest.skipUnless(os.geteuid() == 0, "needs root")
class Logins(unittest.TestCase):
    def setUp(self):
        accounts = tempfile.TemporaryDirectory(prefix="muster-accounts.")
        self.addCleanup(accounts.cleanup)
        self.accounts = pathlib.Path(accounts.name)
        make_accounts(self.accounts)
        self.agent = target.Target(target.binary(), accounts=self.accounts)
        self.addCleanup(self.agent.stop)

    def login(self, user, password, source):
        """The status of one request with these credentials; 0 when the connection was refused."""
        request = target.post(target.enumerate_request(), basic(user, password))
        try:
            return target.status_of(self.agent.ask(request, self.agent.stranger, source))
        except OSError:
            return 0

    def guess(self, source):
        return [self.login("alice", f"guess {i}", source) for i in range(ROUNDS)]

    def pam_refusals(self):
        return self.agent.log().count("login refused")

    def test_guesses_are_bounded_and_shut_nobody_else_out(self):
        self.assertEqual(self.login("bob", PASSWORD, "127.0.1.1"), 200)
        self.assertEqual(self.login("alice", PASSWORD, "127.0.1.2"), 200)
        before = time.monotonic()
        sources = [f"127.0.2.{i + 1}" for i in range(ATTACKERS)]
        with concurrent.futures.ThreadPoolExecutor(ATTACKERS) as pool:
            guesses = [pool.submit(self.guess, source) for source in sources]
            remembered, clean = [], []
            while not all(each.done() for each in guesses):
                began = time.monotonic()
                remembered.append(self.login("bob", PASSWORD, "127.0.1.1"))
                clean.append((self.login("alice", PASSWORD, "127.0.1.3"), time.monotonic() - began))
                time.sleep(0.2)
        took = time.monotonic() - before
        outcomes = [status for each in guesses for status in each.result()]
        self.assertNotIn(200, outcomes)
        self.assertEqual(set(remembered), {200}, "a login that was proved a moment ago")
        self.assertEqual({status for status, _ in clean}, {200}, "a login from a source that did nothing wrong")
        self.assertLess(max(seconds for _, seconds in clean), 8.0)
        calls = self.pam_refusals()
        self.assertLessEqual(calls, 6 * ATTACKERS, f"{len(outcomes)} guesses in {took:.1f} s")
        episodes = self.agent.log().count("its logins fail: refused for")
        self.assertLessEqual(episodes, ATTACKERS, "said once for each")
        self.assertGreaterEqual(episodes, 1)
        print(f"[{len(outcomes)} guesses of {ATTACKERS} sources in {took:.1f} s: PAM asked {calls} times; "
              f"{len(clean)} honest logins, the slowest {max(seconds for _, seconds in clean):.2f} s] ", end="")

    def test_polling_with_a_password_asks_pam_once_a_minute(self):
        self.assertEqual(self.login("alice", PASSWORD, "127.0.1.1"), 200)
        used = self.agent.cpu_seconds()
        began = time.monotonic()
        for _ in range(50):
            self.assertEqual(self.login("alice", PASSWORD, "127.0.1.1"), 200)
        print(f"[50 logins in {time.monotonic() - began:.2f} s, {self.agent.cpu_seconds() - used:.2f} s of CPU] ", end="")

    def test_a_changed_account_counts_at_once(self):
        self.assertEqual(self.login("alice", PASSWORD, "127.0.1.1"), 200)
        shadow = self.accounts / "shadow"
        shadow.write_text(shadow.read_text().replace("alice:", "alice:!"))
        self.assertEqual(self.login("alice", PASSWORD, "127.0.1.1"), 401)

    def test_time_does_not_tell_whether_the_user_exists(self):
        took = {}
        for i, user in enumerate(("alice", "no-such-user", "alice", "no-such-user")):
            began = time.monotonic()
            self.assertEqual(self.login(user, "guess", f"127.0.3.{i + 1}"), 401)
            took.setdefault(user, []).append(time.monotonic() - began)
        for seconds in [each for both in took.values() for each in both]:
            self.assertGreaterEqual(seconds, 2.0)
            self.assertLess(seconds, 4.0)


if __name__ == "__main__":
    unittest.main()
