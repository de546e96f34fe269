# SPDX-License-Identifier: GPL-2.0-or-later
"""Every prefix of every golden request, followed by an end, a reset or silence."""
import resource

import prefixes
from prefixes_test import PATIENCE, Prefixes as Sample

BATCH = 1500


class EveryPrefix(Sample):
    def setUp(self):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
        super().setUp()

    def test_an_end_or_a_reset_after_any_prefix_leaves_nothing_behind(self):
        for name, request in prefixes.golden_requests().items():
            for end in ("fin", "reset"):
                with self.subTest(name, end=end):
                    prefixes.stop_at_every(self.agent, request, 1, end)

    def test_silence_after_any_prefix_is_ended(self):
        for name, request in prefixes.golden_requests().items():
            for first in range(0, len(request), BATCH):
                sizes = range(first, min(first + BATCH, len(request)))
                with self.subTest(name, first=first):
                    self.assertEqual(prefixes.left_in_silence(self.agent, request, sizes, 6 * PATIENCE), [])


del Sample  # it would run here too
