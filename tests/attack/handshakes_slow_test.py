# SPDX-License-Identifier: GPL-2.0-or-later
"""One core of an attacker that does nothing but TLS handshakes, each a signature for the agent, and hangs up."""
import contextlib
import multiprocessing
import os
import socket
import ssl
import time
import unittest

import target
from control import Control

SECONDS = 30
MOST_MS = 500
SOURCES = [f"127.0.2.{i + 1}" for i in range(200)]


def shake_hands(port, until, finished):
    """Counts in `finished` by the second in which a handshake was over."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    turn, began = 0, time.monotonic()
    while (now := time.monotonic()) < until:
        turn += 1
        with contextlib.suppress(OSError), socket.create_connection(
                ("127.0.0.1", port), 10, source_address=(SOURCES[turn % len(SOURCES)], 0)) as plain:
            with context.wrap_socket(plain, server_hostname="localhost"):
                finished[min(int(now - began), SECONDS - 1)] += 1
    os._exit(0)


class Handshakes(unittest.TestCase):
    def under_attack(self, limits):
        agent = target.Target(target.binary("release") or target.binary(), limits)
        self.addCleanup(agent.stop)
        self.assertTrue(agent.is_well())
        quiet = Control(agent)
        quiet.run(time.monotonic() + 5)
        control = Control(agent)
        until = time.monotonic() + SECONDS
        finished = multiprocessing.Array("l", SECONDS)
        attacker = multiprocessing.Process(target=shake_hands, args=(agent.port, until, finished))
        attacker.start()
        control.run(until)
        attacker.join(30)
        self.assertEqual(attacker.exitcode, 0)
        print(f"[{sum(finished) / SECONDS:.0f} handshakes a second; control {len(control.times)} requests, p99 "
              f"{control.p99_ms():.0f} ms, without them {quiet.p99_ms():.0f} ms] ", end="")
        self.assertEqual(control.failures, [])
        self.assertEqual(agent.wounds(), [])
        self.assertGreater(len(control.times), 2 * SECONDS)
        if target.binary("release"):
            self.assertLessEqual(control.p99_ms(), MOST_MS)
        for client in (quiet, control):
            client.kept.close()
        return list(finished)

    def test_that_are_all_answered_delay_the_client_with_a_certificate_but_do_not_stop_it(self):
        finished = self.under_attack("penalties = false")
        self.assertGreater(min(finished[:-1]), 25, "handshakes in each second")

    # Each of the sources has its fifteen, and is refused then.
    def test_of_sources_that_collect_penalties_fade(self):
        finished = self.under_attack("")
        self.assertGreater(sum(finished), 10 * len(SOURCES))
        self.assertLess(sum(finished[-5:]), sum(finished[:5]) / 2)


if __name__ == "__main__":
    unittest.main()
