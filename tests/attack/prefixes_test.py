# SPDX-License-Identifier: GPL-2.0-or-later
"""A sample of the prefixes; prefixes_slow_test.py has all of them."""
import unittest

import prefixes
import target

PATIENCE = 25  # the longest deadline of a request that has not come whole is ten seconds


class Prefixes(unittest.TestCase):
    def setUp(self):
        self.agent = target.Target(target.binary(), "connections = 2000\nconnections_per_source = 2000")
        self.addCleanup(self.agent.stop)
        self.assertTrue(self.agent.is_well())
        self.assertTrue(target.eventually(lambda: self.agent.descriptors() < 30))
        self.base = self.agent.descriptors()

    def tearDown(self):
        self.assertTrue(target.eventually(lambda: self.agent.descriptors() <= self.base),
                        f"{self.agent.descriptors()} descriptors, {self.base} at the start")
        self.assertTrue(self.agent.is_well())
        self.assertEqual(self.agent.wounds(), [])

    def test_an_end_or_a_reset_after_any_prefix_leaves_nothing_behind(self):
        for name, request in prefixes.golden_requests().items():
            for end in ("fin", "reset"):
                with self.subTest(name, end=end):
                    prefixes.stop_at_every(self.agent, request, 97, end)

    def test_silence_after_any_prefix_is_ended(self):
        for name in ("enumerate", "chunked"):
            request = prefixes.golden_requests()[name]
            with self.subTest(name):
                self.assertEqual(prefixes.left_in_silence(self.agent, request, range(1, len(request), 43), PATIENCE), [])


if __name__ == "__main__":
    unittest.main()
