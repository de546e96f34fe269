#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The runner against a small server that answers rightly or, on purpose, wrongly: every check can fail."""
import contextlib
import http.server
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import tomllib
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "scripts" / "conformance"
SUITE = ROOT / "tests" / "conformance"
sys.path.insert(0, str(ROOT / "scripts" / "conformance.d"))
import cases  # noqa: E402
import checks  # noqa: E402
from envelope import Builder  # noqa: E402
from runner import Runner  # noqa: E402
from server_profile import Profile  # noqa: E402
from session import FAILED, PASSED  # noqa: E402
from wire import Target  # noqa: E402

ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
CASE = """
chapter = "Test"
[[case]]
id = "test/one"
title = "one"
rule = "the rule"
weight = "must"
send = {{ namespace = false, selectors = {{}} }}
expect = {{ {expect} }}
"""
GOOD = {"status": 200, "type": "application/soap+xml;charset=UTF-8", "action": "${action}Response", "to": ANONYMOUS,
        "relates": "${id}", "id": "uuid:11111111-2222-4333-8444-555555555555", "encoding": "utf-8", "extra": "",
        "body": "<p:SCX_OperatingSystem xmlns:p='http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/SCX_OperatingSystem'>"
                "<p:Name>n</p:Name><p:Size>7</p:Size></p:SCX_OperatingSystem>"}
FAULT = {"status": 500, "action": "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
         "body": "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:EncodingLimit</s:Value></s:Subcode>"
                 "</s:Code><s:Reason><s:Text xml:lang='en'>no</s:Text></s:Reason><s:Detail><w:FaultDetail>"
                 "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/MaxEnvelopeSize</w:FaultDetail></s:Detail></s:Fault>"}


def envelope(row, request):
    found = {"action": re.search(r"<a:Action[^>]*>(.*?)<", request), "id": re.search(r"<a:MessageID>(.*?)<", request)}
    text = (f"<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' xmlns:w='http://schemas.dmtf.org/wbem/wsman/1/"
            f"wsman.xsd' xmlns:a='http://schemas.xmlsoap.org/ws/2004/08/addressing'><s:Header><a:To>{row['to']}</a:To>"
            f"<a:Action>{row['action']}</a:Action><a:MessageID>{row['id']}</a:MessageID><a:RelatesTo>{row['relates']}"
            f"</a:RelatesTo>{row['extra']}</s:Header><s:Body>{row['body']}</s:Body></s:Envelope>")
    for name, match in found.items():
        text = text.replace("${" + name + "}", match.group(1) if match else "")
    return text.encode(row["encoding"])


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers every POST as the server's row says."""
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        row = self.server.row
        request = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        body = row["raw"] if "raw" in row else envelope(row, request)
        self.send_response(row["status"])
        self.send_header("Content-Type", row["type"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = row.get("close", False)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def server(row):
    """A server on loopback that answers so; gives itself, with its URL."""
    serving = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving.row, serving.url = GOOD | row, f"http://127.0.0.1:{serving.server_address[1]}/wsman"
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield serving
    finally:
        serving.shutdown()
        thread.join()
        serving.server_close()


def case_file(folder, expect, case=None):
    """A folder of cases that holds one."""
    (folder / "cases").mkdir(exist_ok=True)
    (folder / "cases" / "one.toml").write_text(case or CASE.format(expect=expect), encoding="utf-8")
    return folder / "cases"


def run(row, expect, *options, case=None, pending=None):
    """Status and words of a run of the program, with one case, against a server that answers so."""
    with tempfile.TemporaryDirectory() as name, server(row) as serving:
        folder = pathlib.Path(name)
        if pending is not None:
            (folder / "pending.txt").write_text(pending, encoding="utf-8")
            options += ("--pending", folder / "pending.txt")
        done = subprocess.run([sys.executable, PROGRAM, serving.url, "--cases", case_file(folder, expect, case),
                               "--timeout", "2", *options], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


def verdicts(rows):
    """For each (server's row, expectation): the result of that case, without a process of its own."""
    templates = tomllib.loads((SUITE / "templates.toml").read_text(encoding="utf-8"))
    profile = Profile(SUITE / "profiles" / "generic.toml")
    with tempfile.TemporaryDirectory() as name, server({}) as serving:
        target = Target(serving.url, timeout=2)
        runner = Runner(target, Builder(templates, profile, target, None), profile)
        for row, expect in rows:
            serving.row = GOOD | row
            yield expect, runner.run(cases.load(case_file(pathlib.Path(name), expect))[0])


# expectation, what the server does to fulfil it, what it does wrong
CHECKS = [
    ("ok = true", {}, {"status": 500}),
    ("ok = true", {}, {"action": "http://example.com/x"}),
    ("ok = true", {}, {"relates": "uuid:other"}),
    ("ok = true", {}, {"id": "${id}"}),
    ("ok = true", {}, {"action": ""}),
    ("ok = true", {}, FAULT),
    ("ok = true", {}, {"raw": b"<not-closed>"}),
    ("ok = true", {}, {"raw": b"<!DOCTYPE x><x/>"}),
    ("ok = true", {}, {"raw": b"<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'/>"}),
    ("status = 200", {}, {"status": 404}),
    ("refused = true", {"status": 415}, {}),
    ("fault = 'wsman:EncodingLimit'", FAULT, {}),
    ("fault = 'wsman:EncodingLimit'", FAULT, FAULT | {"action": "http://example.com/fault"}),
    ("fault = 'wsman:EncodingLimit'", FAULT, FAULT | {"status": 200}),
    ("fault = 'wsman:EncodingLimit'", FAULT, FAULT | {"body": FAULT["body"].replace("s:Sender", "s:Receiver")}),
    ("fault = 'wsman:EncodingLimit'", FAULT, FAULT | {"body": FAULT["body"].replace(" xml:lang='en'", "")}),
    ("fault = 'wsman:EncodingLimit'", FAULT, FAULT | {"body": FAULT["body"].replace("w:Enc", "a:Enc")}),
    ("fault = 'wsman:EncodingLimit', detail = 'MaxEnvelopeSize'", FAULT,
     FAULT | {"body": FAULT["body"].replace("MaxEnvelopeSize", "MaxEnvelopeSizes")}),
    ("has = 's:Body/c:${class}/c:Name'", {}, {"body": "<x/>"}),
    ("lacks = './/w:XmlFragment'", {}, {"body": "<w:XmlFragment/>"}),
    ("count = { 's:Body/*' = '1' }", {}, {"body": "<x/><x/>"}),
    ("count = { 's:Body/*' = '<=1' }", {}, {"body": "<x/><x/>"}),
    ("text = { './/c:Name' = 'n' }", {}, {"body": "<x/>"}),
    ("matches = { './/c:Size' = '[0-9]+' }", {}, {"body": GOOD["body"].replace("7", "seven")}),
    ("fields = { Content-Type = 'application/soap.*' }", {}, {"type": "text/html"}),
    ("at_most = 2000", {}, {"extra": "<x>" + "x" * 2000 + "</x>"}),
    ("at_least = 2000", {"extra": "<x>" + "x" * 2000 + "</x>"}, {}),
    ("encoding = 'utf-16le'", {"encoding": "utf-16"}, {}),
    ("contains = 'p:Size'", {}, {"body": ""}),
    ("silent_on = 'secret'", {}, {"extra": "<x>secret</x>"}),
    ("order = { './/c:${class}/*' = ['Name', 'Size'] }", {},
     {"body": GOOD["body"].replace("<p:Name>n</p:Name>", "").replace("</p:Size>", "</p:Size><p:Name>n</p:Name>")}),
    ("one_of = [{ status = 404 }, { has = './/c:Name' }]", {}, {"body": ""}),
    ("compare = ['1', '=', '1']", {}, None),
    ("compare = ['1', '!=', '2']", {}, None),
    ("status_line = 'HTTP/1.1 200 .*'", {}, {"status": 201}),
    ("closed = true", {"close": True}, {}),
    ("closed = false", {}, {"close": True}),
]


class Checks(unittest.TestCase):
    def test_each_check_passes_what_is_right(self):
        for expect, result in verdicts((right, expect) for expect, right, _ in CHECKS):
            self.assertEqual(result.verdict, PASSED, f"{expect}: {result.expected}, got {result.got}")

    def test_each_check_fails_what_is_wrong(self):
        for expect, result in verdicts((wrong, expect) for expect, _, wrong in CHECKS if wrong is not None):
            self.assertEqual(result.verdict, FAILED, expect)
            self.assertTrue(result.expected, expect)

    def test_a_comparison_that_is_wrong_fails(self):
        wrong = ("compare = ['1', '!=', '1']", "compare = ['1', '=', '2']", "compare = ['2', '<', '2']")
        for expect, result in verdicts(({}, expect) for expect in wrong):
            self.assertEqual(result.verdict, FAILED, expect)

    def test_every_check_is_tried_here(self):
        tried = {name for expect, *_ in CHECKS for name in tomllib.loads(f"x = {{ {expect} }}")["x"]}
        self.assertEqual(set(checks.CHECKS) - tried, set())


class Steps(unittest.TestCase):
    CASE = CASE.replace("send = {{ namespace = false, selectors = {{}} }}\nexpect = {{ {expect} }}", """steps = [
  {{ send = {{ namespace = false, selectors = {{}} }}, capture = {{ one = './/c:Name' }} }},
  {{ repeat = 3, send = {{ namespace = false, selectors = {{ Name = '${{one}}' }} }}, expect = {{ {expect} }} }},
]""")

    def verdict(self, row, expect):
        with tempfile.TemporaryDirectory() as name, server(row) as serving:
            target = Target(serving.url, timeout=2)
            templates = tomllib.loads((SUITE / "templates.toml").read_text(encoding="utf-8"))
            profile = Profile(SUITE / "profiles" / "generic.toml")
            folder = case_file(pathlib.Path(name), "", self.CASE.format(expect=expect))
            return Runner(target, Builder(templates, profile, target, None), profile).run(cases.load(folder)[0])

    def test_what_one_step_captures_the_next_one_sends(self):
        name = "<p:Name xmlns:p='http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/SCX_OperatingSystem'>a&lt;b</p:Name>"
        result = self.verdict({"body": name}, "compare = ['${one}', '=', 'a<b']")
        self.assertEqual(result.verdict, PASSED, result.got)
        self.assertEqual(len(result.exchanges), 4)
        self.assertIn(b'<w:Selector Name="Name">a&lt;b</w:Selector>', result.exchanges[-1][0])

    def test_a_later_step_can_fail(self):
        result = self.verdict({}, "compare = ['${one}', '=', 'other']")
        self.assertEqual(result.verdict, FAILED)
        self.assertIn("step 2", result.expected)

    def test_a_capture_that_finds_nothing_fails(self):
        self.assertEqual(self.verdict({"body": ""}, "ok = true").verdict, FAILED)


class Verdicts(unittest.TestCase):
    def test_a_pending_case_that_fails_is_no_failure(self):
        status, words = run({"status": 404}, "ok = true", pending="test/one  not yet\n")
        self.assertEqual(status, 0, words)
        self.assertIn("1 pending", words)

    def test_a_pending_case_that_passes_fails_the_run(self):
        status, words = run({}, "ok = true", pending="test/one  not yet\n")
        self.assertEqual(status, 1, words)
        self.assertIn("remove it from pending", words)

    def test_a_pending_case_that_does_not_exist_is_refused(self):
        self.assertEqual(run({}, "ok = true", pending="test/two  not yet\n")[0], 2)

    def test_a_pending_case_needs_a_reason(self):
        self.assertEqual(run({}, "ok = true", pending="test/one\n")[0], 2)

    def test_what_the_server_does_not_offer_is_skipped(self):
        case = CASE.format(expect="ok = true").replace('weight =', 'needs = ["flight"]\nweight =')
        self.assertIn("1 skipped", run({"status": 404}, "", case=case)[1])
        self.assertEqual(run({"status": 404}, "", "--feature", "flight", case=case)[0], 1)

    def test_a_case_with_an_unknown_check_is_refused(self):
        status, words = run({}, "okay = true")
        self.assertEqual(status, 2)
        self.assertIn("unknown check okay", words)

    def test_a_server_that_is_not_there_is_status_two(self):
        done = subprocess.run([sys.executable, PROGRAM, "http://127.0.0.1:9/wsman"], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no connection", done.stderr)

    def test_a_deviation_is_told_and_must_be_as_the_profile_says(self):
        for answered, status, word in ((500, 0, "1 deviation"), (404, 1, "FAILED"), (200, 1, "what the standard says")):
            with tempfile.TemporaryDirectory() as name:
                profile = pathlib.Path(name) / "p.toml"
                text = (ROOT / "tests/conformance/profiles/generic.toml").read_text(encoding="utf-8")
                profile.write_text(text + '\n[[deviation]]\ncase = "test/*"\nreason = "custom"\nexpect = { status = 500 }\n',
                                   encoding="utf-8")
                got, words = run({"status": answered}, "status = 200", "--profile", profile)
                self.assertEqual(got, status, words)
                self.assertIn(word, words)


class Output(unittest.TestCase):
    def test_reports_are_written(self):
        with tempfile.TemporaryDirectory() as name:
            markdown, junit = pathlib.Path(name) / "r.md", pathlib.Path(name) / "r.xml"
            run({"status": 404}, "ok = true", "--markdown", markdown, "--junit", junit)
            self.assertIn("| test/one | must |", markdown.read_text(encoding="utf-8"))
            self.assertIn('failures="1"', junit.read_text(encoding="utf-8"))

    def test_show_prints_both_sides_without_the_password(self):
        with tempfile.TemporaryDirectory() as name:
            secret = pathlib.Path(name) / "p"
            secret.write_text("hunter2\n", encoding="utf-8")
            _, words = run({}, "ok = true", "--show", "test/one", "--user", "u", "--password-file", secret)
            self.assertIn("--- request 1", words)
            self.assertIn("<p:Size>7</p:Size>", words)
            self.assertIn("Authorization: Basic ...", words)

    def test_every_case_of_the_suite_is_well_written(self):
        done = subprocess.run([sys.executable, PROGRAM, "--list"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
