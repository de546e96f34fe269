# SPDX-License-Identifier: GPL-2.0-or-later
"""What a case may expect of an answer. Each check gives a text that says what is wrong, or None."""
import re

from answer import DETAIL_PREFIX, FAULT_ACTIONS, FAULT_PREFIXES, prefixed
from envelope import CaseError, fill

ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
RECEIVER_FAULTS = {"w:DeliveryRefused", "w:InternalError", "w:TimedOut", "a:EndpointUnavailable", "n:TimedOut",
                   "n:InvalidEnumerationContext"}


class Seen:
    """An answer beside the request and the profile, and the values captured so far."""

    def __init__(self, answer, built, profile, captured):
        self.answer, self.built, self.profile, self.captured = answer, built, profile, captured
        self.names = {"c": profile.namespace_of(built.class_name)}

    def fill(self, text):
        return fill(str(text), lambda name: self.captured[name] if name in self.captured else self.value(name))

    def value(self, name):
        own = {"class": self.built.class_name, "message_id": self.built.message_id, "ns": self.names["c"],
               "uri": self.profile.uri(self.built.class_name)}
        return own.get(name) or self.profile.value(name)

    def find(self, path):
        return self.answer.find(self.fill(path), self.names)

    def texts(self, path):
        return [one if isinstance(one, str) else (one.text or "") for one in self.find(path)]


def listed(value):
    return value if isinstance(value, list) else [value]


def check_status(seen, wanted):
    if seen.answer.status not in listed(wanted):
        return f"HTTP status {' or '.join(map(str, listed(wanted)))}, got {seen.answer.summary()}"
    return None


def check_fault(seen, wanted):
    """Any of the named faults, with SOAP code, action, reason and HTTP status as that fault has them."""
    names = [FAULT_PREFIXES[name.split(":")[0]] + ":" + name.split(":")[1] for name in listed(wanted)]
    fault = seen.answer.fault
    if fault is None:
        return f"fault {' or '.join(listed(wanted))}, got {seen.answer.summary()}"
    name = fault.code if fault.code in ("s:MustUnderstand", "s:VersionMismatch") else fault.subcode
    if name not in names:
        return f"fault {' or '.join(listed(wanted))}, got {seen.answer.summary()}"
    return fault_form(seen, fault, name)


def fault_form(seen, fault, name):
    code = name[2:] if name.startswith("s:") else "Receiver" if name in RECEIVER_FAULTS else "Sender"
    codes = ["Sender", "Receiver"] if name == "w:FragmentDialectNotSupported" else [code]
    if fault.code not in [f"s:{one}" for one in codes]:
        return f"code s:{code} of {name}, got {fault.code}"
    action = seen.answer.text("s:Header/a:Action")
    if action not in FAULT_ACTIONS[name.split(":")[0]]:
        return f"wsa:Action {FAULT_ACTIONS[name.split(':')[0]][0]}, got {action}"
    if fault.reason is None or not (fault.reason.text or "").strip() or \
            "{http://www.w3.org/XML/1998/namespace}lang" not in fault.reason.attrib:
        return "a reason with xml:lang, got none"
    allowed = seen.profile.statuses(fault.code.removeprefix("s:"))
    return check_status(seen, allowed)


def check_detail(seen, wanted):
    found = seen.answer.fault.details if seen.answer.fault else []
    if not set(found) & {DETAIL_PREFIX + one for one in listed(wanted)}:
        said = ", ".join(one.removeprefix(DETAIL_PREFIX) for one in found) or "no FaultDetail"
        return f"FaultDetail {' or '.join(listed(wanted))}, got {said} ({seen.answer.summary()})"
    return None


def check_ok(seen, wanted):
    """True: no fault, status 200, and the action of the request with Response behind."""
    if seen.answer.status != 200 or seen.answer.root is None or seen.answer.fault:
        return f"an answer without fault, got {seen.answer.summary()}"
    action = seen.answer.text("s:Header/a:Action")
    if wanted is True and seen.built.action and action != seen.built.action + "Response":
        return f"wsa:Action {seen.built.action}Response, got {action}"
    return None


def check_refused(seen, _):
    """Any fault, or an HTTP status that says the caller is wrong."""
    if seen.answer.fault or 400 <= seen.answer.status < 500:
        return None
    return f"a refusal, got {seen.answer.summary()}"


def check_has(seen, paths):
    return next((f"{path} in the answer, got {seen.answer.summary()}" for path in listed(paths) if not seen.find(path)),
                None)


def check_lacks(seen, paths):
    return next((f"no {path}, got it" for path in listed(paths) if seen.find(path)), None)


def check_count(seen, wanted):
    for path, limit in wanted.items():
        text, found = seen.fill(limit), len(seen.find(path))
        sign, number = re.fullmatch(r"(<=|>=|)(\d+)", text).groups()
        good = {"": found == int(number), "<=": found <= int(number), ">=": found >= int(number)}[sign]
        if not good:
            return f"{text} of {path}, got {found} ({seen.answer.summary()})"
    return None


def check_text(seen, wanted):
    for path, text in wanted.items():
        found = seen.texts(path)
        if seen.fill(text) not in found:
            return f"{path} = {seen.fill(text)!r}, got {found[:3]!r} ({seen.answer.summary()})"
    return None


def check_matches(seen, wanted):
    for path, pattern in wanted.items():
        found = seen.texts(path)
        bad = [text for text in found if not re.fullmatch(seen.fill(pattern), text, re.DOTALL)]
        if bad or not found:
            return f"{path} like {pattern}, got {(bad or ['nothing'])[0][:100]!r} ({seen.answer.summary()})"
    return None


def check_fields(seen, wanted):
    for name, pattern in wanted.items():
        value = seen.answer.response.field(name)
        if pattern == "":
            if value is not None:
                return f"no HTTP field {name}, got {value!r}"
        elif value is None or not re.fullmatch(pattern, value, re.IGNORECASE):
            return f"HTTP field {name} like {pattern}, got {value!r} ({seen.answer.summary()})"
    return None


def check_status_line(seen, wanted):
    line = seen.answer.response.line
    return None if re.fullmatch(wanted, line) else f"a status line like {wanted}, got {line!r}"


def check_at_most(seen, wanted):
    limit, size = int(seen.fill(wanted)), len(seen.answer.body)
    return None if size <= limit else f"at most {limit} bytes, got {size}"


def check_at_least(seen, wanted):
    limit, size = int(seen.fill(wanted)), len(seen.answer.body)
    return None if size >= limit else f"at least {limit} bytes, got {size}"


def check_encoding(seen, wanted):
    found = seen.answer.encoding
    return None if found == wanted else f"an answer in {wanted}, got {found} ({seen.answer.summary()})"


def check_contains(seen, wanted):
    data = seen.answer.body.decode("utf-8", "replace")
    return next((f"{one!r} in the answer, got {seen.answer.summary()}" for one in listed(wanted)
                 if seen.fill(one) not in data), None)


def check_silent_on(seen, wanted):
    data = seen.answer.body.decode("utf-8", "replace")
    return next((f"no {one!r} in the answer, got it" for one in listed(wanted) if seen.fill(one) in data), None)


def check_order(seen, wanted):
    """{path: [names]}: the elements that match the path come in this order; others may stand between them."""
    for path, names in wanted.items():
        found = [prefixed(one.tag).split(":")[-1].split("}")[-1] for one in seen.find(path)]
        places = [found.index(name) for name in names if name in found]
        if places != sorted(places) or len(places) < 2:
            return f"{path} in the order {', '.join(names)}, got {', '.join(found[:8])}"
    return None


def check_compare(seen, wanted):
    """[left, sign, right] with sign = or != or < or <= (numbers for the last two)."""
    left, sign, right = seen.fill(wanted[0]), wanted[1], seen.fill(wanted[2])
    good = {"=": lambda: left == right, "!=": lambda: left != right, "<": lambda: int(left) < int(right),
            "<=": lambda: int(left) <= int(right)}[sign]()
    return None if good else f"{wanted[0]} {sign} {wanted[2]}, got {left[:80]!r} and {right[:80]!r}"


def check_one_of(seen, choices):
    """Any of several expectations."""
    wrong = [problem(seen, one) for one in choices]
    if None in wrong:
        return None
    return "either " + "; or ".join(one.partition(", got ")[0] for one in wrong) + f", got {seen.answer.summary()}"


# Checks that the step sees to itself, since they look beyond one answer.
STEP_CHECKS = {"closed", "informational", "answers", "no_connection", "no_answer", "standing", "seconds"}
CHECKS = {"status": check_status, "fault": check_fault, "detail": check_detail, "ok": check_ok,
          "refused": check_refused, "has": check_has, "lacks": check_lacks, "count": check_count, "text": check_text,
          "matches": check_matches, "fields": check_fields,
          "status_line": check_status_line, "at_most": check_at_most, "at_least": check_at_least,
          "encoding": check_encoding, "contains": check_contains, "silent_on": check_silent_on, "order": check_order,
          "compare": check_compare, "one_of": check_one_of}


def check_keys(expect, where):
    if unknown := set(expect) - set(CHECKS) - STEP_CHECKS:
        raise CaseError(f"{where}: unknown check {sorted(unknown)[0]}")
    for choice in expect.get("one_of", []):
        check_keys(choice, where)


def problem(seen, expect):
    """What of the expectation is not fulfilled, or None."""
    for name, wanted in expect.items():
        if name in CHECKS and (wrong := CHECKS[name](seen, wanted)):
            return wrong
    return standing(seen) if expect.get("standing", True) else None


def standing(seen):
    """What holds of every answer with an envelope: WS-Addressing's own headers."""
    if seen.answer.root is None or not seen.built.action:
        return None
    relates = seen.answer.text("s:Header/a:RelatesTo")
    wanted = seen.built.message_id
    if relates is not None and wanted and relates != wanted.strip():
        return f"RelatesTo {wanted}, got {relates}"
    own = seen.answer.text("s:Header/a:MessageID")
    if own is not None and own == wanted:
        return "a MessageID of the answer's own, got the request's"
    if not seen.answer.text("s:Header/a:Action"):
        return f"a wsa:Action in the answer, got none ({seen.answer.summary()})"
    return None
