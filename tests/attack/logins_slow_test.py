# SPDX-License-Identifier: GPL-2.0-or-later
"""A thousand guesses a second for half a minute, and what the time of a refusal tells. Needs root, as logins_test."""
import concurrent.futures
import math
import os
import pathlib
import statistics
import tempfile
import threading
import time
import unittest

import logins_test
import target

SECONDS = 30
SOURCES = 50
GUESSES_PER_SECOND = 1000
MOST_PAM_PER_SECOND = 10
MOST_CORES = 0.5
MOST_WAIT = 3.0
SAMPLES = 400  # of each kind; the rate that PAM is asked at makes 80 seconds of them
MOST_T = 4.5


@unittest.skipUnless(os.geteuid() == 0, "needs root")
class BruteForce(unittest.TestCase):
    def setUp(self):
        accounts = tempfile.TemporaryDirectory(prefix="muster-accounts.")
        self.addCleanup(accounts.cleanup)
        logins_test.make_accounts(pathlib.Path(accounts.name))
        self.lost = 0
        self.agent = target.Target(target.binary("release") or target.binary(), accounts=accounts.name)
        self.addCleanup(self.agent.stop)

    def login(self, user, password, source):
        request = target.post(target.enumerate_request(), logins_test.basic(user, password))
        try:
            return target.status_of(self.agent.ask(request, self.agent.stranger, source))
        except OSError:
            return 0

    def login_within(self, user, password, source):
        """As a client that tries again when its connection is lost, and how long it took."""
        began = time.monotonic()
        while (status := self.login(user, password, source)) == 0 and time.monotonic() < began + MOST_WAIT:
            self.lost += 1
        return status, time.monotonic() - began

    def guess_on(self, source, until, tried):
        pause = SOURCES / GUESSES_PER_SECOND
        due = time.monotonic()
        while (now := time.monotonic()) < until:
            if self.login("alice", f"guess {now}", source) == 200:
                raise AssertionError("a guess was let in")
            tried.append(now)
            due = max(due + pause, time.monotonic() - 1)
            time.sleep(max(0, due - time.monotonic()))

    def test_a_thousand_guesses_a_second_cost_half_a_core_at_most(self):
        self.assertEqual(self.login("bob", logins_test.PASSWORD, "127.0.1.1"), 200)
        before, used = time.monotonic(), self.agent.cpu_seconds()
        until = before + SECONDS
        tried, remembered, clean = [], [], []
        with concurrent.futures.ThreadPoolExecutor(SOURCES) as pool:
            crowd = [pool.submit(self.guess_on, f"127.0.2.{i + 1}", until, tried) for i in range(SOURCES)]
            turn = 0
            while time.monotonic() < until:
                turn += 1
                remembered.append(self.login("bob", logins_test.PASSWORD, "127.0.1.1"))
                clean.append(self.login_within("alice", logins_test.PASSWORD, f"127.0.1.{10 + turn}"))
                time.sleep(0.5)
            for each in crowd:
                each.result()
        took = time.monotonic() - before
        cores = (self.agent.cpu_seconds() - used) / took
        asked = self.agent.log().count("login refused") / took
        slowest = max(seconds for _, seconds in clean)
        print(f"[{len(tried) / took:.0f} guesses a second: PAM asked {asked:.1f} times a second, {cores:.2f} cores; "
              f"{len(clean)} honest logins, {self.lost} connections of theirs lost, the slowest {slowest:.2f} s] ", end="")
        self.assertEqual(set(remembered), {200}, "a login that was proved a moment ago")
        self.assertEqual({status for status, _ in clean}, {200}, "logins from sources that did nothing wrong")
        self.assertGreater(len(tried) / took, GUESSES_PER_SECOND / 5, "this was no flood of guesses")
        self.assertEqual(self.agent.wounds(), [])
        self.assertLessEqual(asked, MOST_PAM_PER_SECOND)
        if target.binary("release"):
            self.assertLessEqual(cores, MOST_CORES)
            self.assertLessEqual(slowest, MOST_WAIT)

    def test_the_time_of_a_refusal_does_not_tell_whether_the_user_exists(self):
        took = {"alice": [], "no-such-user": []}
        lock = threading.Lock()

        def sample(i):
            user = ("alice", "no-such-user")[i % 2]
            connection = self.agent.connect(self.agent.stranger, f"127.1.{i // 200}.{i % 200 + 1}")
            request = target.post(target.enumerate_request(), logins_test.basic(user, "guess"))
            began = time.monotonic()
            connection.sendall(request)
            status = target.status_of(target.read_answer(connection))
            seconds = time.monotonic() - began
            connection.close()
            if status == 401:
                with lock:
                    took[user].append(seconds)

        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            for each in [pool.submit(sample, i) for i in range(2 * SAMPLES)]:
                each.result()
        known, unknown = took.values()
        self.assertGreater(min(len(known), len(unknown)), SAMPLES * 0.9)
        spread = math.sqrt(statistics.variance(known) / len(known) + statistics.variance(unknown) / len(unknown))
        t = (statistics.mean(known) - statistics.mean(unknown)) / spread
        print(f"[{len(known)} and {len(unknown)} refusals: {statistics.mean(known):.4f} s and "
              f"{statistics.mean(unknown):.4f} s, Welch's t {t:.2f}] ", end="")
        self.assertLess(abs(t), MOST_T)


if __name__ == "__main__":
    unittest.main()
