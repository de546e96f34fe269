# SPDX-License-Identifier: GPL-2.0-or-later
"""Every prefix of every golden request, followed by an end, a reset or silence; by two attackers at once."""
import multiprocessing
import resource

import prefixes
from prefixes_test import PATIENCE, Prefixes as Sample

ATTACKERS = 2
BATCH = 900  # for each attacker, below the agent's limit together

attacked = None  # the agent, for the attackers, which are forks


def stop(name, end):
    prefixes.stop_at_every(attacked, prefixes.golden_requests()[name], 1, end)


def left(name, first):
    request = prefixes.golden_requests()[name]
    sizes = range(first, min(first + BATCH, len(request)))
    return [(name, size) for size in prefixes.left_in_silence(attacked, request, sizes, 6 * PATIENCE)]


class EveryPrefix(Sample):
    def setUp(self):
        global attacked
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
        super().setUp()
        attacked = self.agent

    def by_all(self, attack, jobs):
        """What the attackers found; an attack that fails raises here."""
        with multiprocessing.get_context("fork").Pool(ATTACKERS) as attackers:
            return attackers.starmap(attack, jobs, chunksize=1)

    def test_an_end_or_a_reset_after_any_prefix_leaves_nothing_behind(self):
        self.by_all(stop, [(name, end) for name in prefixes.golden_requests() for end in ("fin", "reset")])

    def test_silence_after_any_prefix_is_ended(self):
        jobs = [(name, first) for name, request in prefixes.golden_requests().items()
                for first in range(0, len(request), BATCH)]
        self.assertEqual([each for found in self.by_all(left, jobs) for each in found], [])


del Sample  # it would run here too
