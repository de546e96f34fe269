# SPDX-License-Identifier: GPL-2.0-or-later
"""The cases, read from TOML and checked for mistakes of those who write them."""
import fnmatch
import tomllib

import checks
from envelope import CaseError

WEIGHTS = ("must", "should", "microsoft", "lenient")
CASE_KEYS = {"id", "title", "rule", "cite", "weight", "needs", "send", "expect", "steps", "attempts", "alone"}
STEP_KEYS = {"send", "expect", "capture", "wire", "connection", "tls", "repeat", "then"}
SEND_KEYS = {"use", "class", "selectors", "keys", "namespace", "inner", "body", "set", "drop", "add", "bare", "whole",
             "replace", "bytes", "declaration", "encoding", "gzip", "message_id", "action", "max_envelope", "timeout",
             "method", "path", "fields", "more_fields", "credentials", "framing"}


class Case:
    """One case: what is sent and expected, in steps, and why."""

    def __init__(self, row, chapter):
        self.chapter = chapter
        self.id, self.title, self.rule = row["id"], row["title"], row["rule"]
        self.cite, self.weight = row.get("cite", ""), row["weight"]
        self.needs, self.attempts = row.get("needs", []), row.get("attempts", 1)
        self.alone = row.get("alone", False)
        self.steps = row.get("steps") or [{key: row[key] for key in ("send", "expect") if key in row}]

    def law(self):
        """The rule, with its number where that is confirmed."""
        return f"{self.cite}: {self.rule}" if self.cite else self.rule


def check_row(row, file):
    """Complains about the first mistake in a case."""
    where = f"{file.name}: {row.get('id', 'a case without id')}"
    for key in ("id", "title", "rule", "weight"):
        if not row.get(key):
            raise CaseError(f"{where}: has no {key}")
    if unknown := set(row) - CASE_KEYS:
        raise CaseError(f"{where}: unknown key {sorted(unknown)[0]}")
    if row["weight"] not in WEIGHTS:
        raise CaseError(f"{where}: weight must be one of {', '.join(WEIGHTS)}")
    if ("steps" in row) == ("expect" in row):
        raise CaseError(f"{where}: either steps, or send and expect")
    for step in row.get("steps") or [{"send": row.get("send", {}), "expect": row["expect"]}]:
        for given, known in ((step, STEP_KEYS), (step.get("send", {}), SEND_KEYS)):
            if unknown := set(given) - known:
                raise CaseError(f"{where}: unknown key {sorted(unknown)[0]}")
        checks.check_keys(step.get("expect", {}), where)


def load(folder):
    """All cases of a folder, in the order of its files. Errors: CaseError."""
    found, seen = [], set()
    for file in sorted(folder.glob("*.toml")):
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CaseError(f"{file}: {error}") from error
        for row in table.get("case", []):
            check_row(row, file)
            if row["id"] in seen:
                raise CaseError(f"{file.name}: {row['id']}: twice")
            seen.add(row["id"])
            found.append(Case(row, table["chapter"]))
    if not found:
        raise CaseError(f"{folder}: no cases in it")
    return found


def chosen(cases, patterns, weights):
    """The cases whose id matches one of the patterns (all when there is none) and whose weight is wanted."""
    return [case for case in cases
            if (not weights or case.weight in weights)
            and (not patterns or any(fnmatch.fnmatchcase(case.id, one) or one in case.id for one in patterns))]


def pending(path):
    """{id: reason} of a file with a line `id  reason` for each."""
    found = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CaseError(f"{path}: {error.strerror}") from error
    for number, line in enumerate(lines, 1):
        words = line.split(maxsplit=1)
        if not words or words[0].startswith("#"):
            continue
        if len(words) < 2:
            raise CaseError(f"{path}:{number}: {words[0]}: says no reason")
        if words[0] in found:
            raise CaseError(f"{path}:{number}: {words[0]}: twice")
        found[words[0]] = words[1]
    return found
