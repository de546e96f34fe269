# SPDX-License-Identifier: GPL-2.0-or-later
"""The outcome of a run: on the terminal, as Markdown, as JUnit XML."""
import collections
import sys
import textwrap
import threading
import xml.etree.ElementTree as ET

from session import DEVIATED, FAILED, PASSED, PENDING, SKIPPED, UNEXPECTED

ORDER = (PASSED, DEVIATED, PENDING, SKIPPED, FAILED, UNEXPECTED)


def bad(result):
    return result.verdict in (FAILED, UNEXPECTED)


class Progress:
    """One line that is rewritten on a terminal; nothing elsewhere."""

    def __init__(self, total, out=sys.stderr):
        self.total, self.done, self.wrong, self.out = total, 0, 0, out
        self.shown, self.lock = out.isatty(), threading.Lock()

    def step(self, result):
        with self.lock:
            self.done += 1
            self.wrong += bad(result)
            wrong = f", {self.wrong} failed" if self.wrong else ""
            line = f"\r\033[K[{self.done}/{self.total}{wrong}] {result.case.id}"[:110]
            if self.shown:
                print(line, end="", file=self.out, flush=True)

    def end(self):
        if self.shown:
            print("\r\033[K", end="", file=self.out, flush=True)


def counts(results):
    found = collections.Counter(result.verdict for result in results)
    return ", ".join(f"{found[verdict]} {verdict}" for verdict in ORDER if found[verdict])


def block(word, text):
    return textwrap.fill(text, 110, initial_indent=f"  {word:9}", subsequent_indent=" " * 11, break_long_words=False)


def text(results, profile, seconds):
    """The failures, each with what was expected, what came and the rule; then deviations and the sums."""
    lines = []
    for result in filter(bad, results):
        lines += [f"{result.verdict.upper()} {result.case.id} ({result.case.weight}): {result.case.title}",
                  block("expected", result.expected), block("got", result.got), block("rule", result.case.law())]
        if result.verdict == UNEXPECTED:
            lines.append(block("pending", result.reason))
        lines.append("")
    for result in results:
        if result.verdict == DEVIATED:
            lines.append(f"deviation {result.case.id}: {result.reason}")
    lines.append(f"{len(results)} cases against {profile.name}: {counts(results)}; {seconds:.1f} s")
    return "\n".join(lines)


def cell(value):
    return value.replace("|", "\\|").replace("\n", " ")


def markdown(results, profile, url):
    lines = [f"# WS-Management conformance: {profile.name}", "", f"{url}: {counts(results)}.", "",
             "| chapter | passed | deviation | pending | skipped | failed |", "|---|---|---|---|---|---|"]
    chapters = collections.defaultdict(collections.Counter)
    for result in results:
        chapters[result.case.chapter][FAILED if bad(result) else result.verdict] += 1
    for chapter, found in chapters.items():
        lines.append("| " + " | ".join([chapter] + [str(found[one]) for one in
                                                    (PASSED, DEVIATED, PENDING, SKIPPED, FAILED)]) + " |")
    for title, wanted in (("Failures", (FAILED, UNEXPECTED)), ("Pending", (PENDING,))):
        rows = [result for result in results if result.verdict in wanted]
        if rows:
            lines += ["", f"## {title}", "", "| case | weight | expected | got | rule |", "|---|---|---|---|---|"]
            lines += ["| " + " | ".join(map(cell, (each.case.id, each.case.weight, each.expected, each.got,
                                                   each.case.law()))) + " |" for each in rows]
    rows = [result for result in results if result.verdict == DEVIATED]
    if rows:
        lines += ["", "## Deviations on purpose", "", "| case | rule | reason |", "|---|---|---|"]
        lines += [f"| {each.case.id} | {cell(each.case.law())} | {cell(each.reason)} |" for each in rows]
    return "\n".join(lines) + "\n"


def junit(results, profile):
    suite = ET.Element("testsuite", name=f"conformance.{profile.name}", tests=str(len(results)),
                       failures=str(sum(map(bad, results))), time=f"{sum(each.seconds for each in results):.3f}",
                       skipped=str(sum(each.verdict in (SKIPPED, PENDING) for each in results)))
    for each in results:
        chapter, _, name = each.case.id.partition("/")
        one = ET.SubElement(suite, "testcase", classname=f"conformance.{chapter}", name=name, time=f"{each.seconds:.3f}")
        if bad(each):
            failure = ET.SubElement(one, "failure", message=f"expected {each.expected}, got {each.got}")
            failure.text = each.case.law()
        elif each.verdict in (SKIPPED, PENDING):
            ET.SubElement(one, "skipped", message=each.reason)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def shown(result, hide):
    """The exchanges of one case in full; the Authorization field is hidden."""
    lines = [f"{result.case.id}: {result.case.title}", f"rule ({result.case.weight}): {result.case.law()}"]
    for number, (request, response) in enumerate(result.exchanges, 1):
        lines += ["", f"--- request {number}", hide(request.decode("utf-8", "replace")).replace("\r", ""),
                  "", f"--- response {number}", response]
    lines += ["", f"=> {result.verdict}"]
    if result.expected:
        lines += [block("expected", result.expected), block("got", result.got)]
    if result.reason:
        lines.append(block("because", result.reason))
    return "\n".join(lines)
