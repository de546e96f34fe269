# SPDX-License-Identifier: GPL-2.0-or-later
"""The client with a certificate that must not suffer while others attack."""
import statistics
import time

import target


class Control:
    """Ten requests a second on one kept connection, but every fifth on a new one."""

    def __init__(self, agent):
        self.agent, self.kept, self.times, self.failures = agent, agent.connect(), [], []

    def ask_kept(self):
        self.kept.sendall(target.post(target.enumerate_request()))
        return target.read_answer(self.kept)

    def ask_new(self):
        return self.agent.ask(target.post(target.enumerate_request()))

    def run(self, until):
        turn = 0
        while time.monotonic() < until:
            began = time.monotonic()
            turn += 1
            how, ask = ("new", self.ask_new) if turn % 5 == 0 else ("kept", self.ask_kept)
            try:
                answer = ask()
                if target.status_of(answer) != 200:
                    self.failures.append(f"{how}: {answer[:100]}")
            except OSError as error:
                self.failures.append(f"{how}: {error}")
            self.times.append(time.monotonic() - began)
            time.sleep(0.1)

    def p99_ms(self):
        return statistics.quantiles(self.times, n=100)[98] * 1000
