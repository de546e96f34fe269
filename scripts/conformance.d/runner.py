# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs cases: sends each step, keeps what is captured, judges by case, profile and list of pending cases."""
import time

from fixtures import Fixtures
from session import DEVIATED, FAILED, PASSED, PENDING, SKIPPED, UNEXPECTED, Result, Session, StepFailed
from wire import WireError


class Runner:
    """One run against one server."""

    def __init__(self, target, builder, profile, pending=None):
        self.target, self.builder, self.profile, self.pending = target, builder, profile, pending or {}
        self.fixtures = Fixtures(self)

    def run(self, case):
        began = time.monotonic()
        result = Result(case)
        if missing := self.profile.missing(case.needs):
            result.verdict, result.reason = SKIPPED, f"needs {missing}"
            return result
        wrong = self._attempts(case, case.steps, result)
        deviation = self.profile.deviation_of(case.id)
        if deviation:
            wrong = self._deviation(case, deviation, wrong, result)
        self._judge(case, deviation, wrong, result)
        result.seconds = time.monotonic() - began
        return result

    def _attempts(self, case, steps, result):
        wrong = None
        for _ in range(case.attempts):
            result.exchanges = []
            wrong = self._steps(steps, result)
            if wrong is None:
                return None
        return wrong

    def _deviation(self, case, deviation, wrong, result):
        if wrong is None:
            return f"the deviation that the profile tells ({deviation.reason}), got what the standard says"
        return self._attempts(case, case.steps[:-1] + [case.steps[-1] | {"expect": deviation.expect}], result)

    def _judge(self, case, deviation, wrong, result):
        if wrong is not None:
            result.expected, _, result.got = wrong.partition(", got ")
        if case.id in self.pending:
            result.verdict = PENDING if wrong is not None else UNEXPECTED
            result.reason = self.pending[case.id]
            if wrong is None:
                result.expected, result.got = "to fail, as the list of pending cases says", "a pass: remove it from pending"
        elif wrong is not None:
            result.verdict = FAILED
        elif deviation:
            result.verdict, result.reason = DEVIATED, deviation.reason

    def _steps(self, steps, result):
        """None, or what is wrong."""
        session = Session(self, result)
        try:
            for number, step in enumerate(steps, 1):
                try:
                    session.step(step)
                except StepFailed as failed:
                    return f"step {number}: {failed}" if len(steps) > 1 else str(failed)
                except WireError as error:
                    return f"an answer{f' to step {number}' if len(steps) > 1 else ''}, got none: {error}"
            return None
        finally:
            session.end()
