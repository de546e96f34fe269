#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines of log files as events, end to end on loopback: a real agent, real files, real accounts. Needs root.

usage: log_test.py AGENT [UNITTEST-OPTION...]"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import xml.etree.ElementTree

import agent_test
from agent_test import EVENTING, WSMAN, Client, between, eventually, run_agent

AGENT = None
ACCOUNT, FRONT = 4242, 65534  # uids: whom watchers act as, and whom the front runs as
PUSH = "http://schemas.xmlsoap.org/ws/2004/08/eventing/DeliveryModes/Push"
GRANTS = """listen = ["127.0.0.1"]
port = {port}
user = "nobody"
tls_folder = "{folder}/tls"
run_folder = "{folder}/run"
state_folder = "{folder}/state"
log_level = "warning"
[[grant]]
role = "operator"
users = ["tester"]
certificates = ["{client}"]
run_as = "tester"
[limits]
penalties_exempt = ["127.0.0.1"]
[events]
destinations = ["{sink}"]
"""


class LogClient(Client):
    def watch(self, file, expressions, delivery, after="", more=""):
        options = "".join(f'<w:Option Name="regexps">{each}</w:Option>' for each in expressions)
        name = f'<w:Option Name="filename">{file}</w:Option>' if file else ""
        interval = '<w:Option Name="EvaluationInterval">PT1S</w:Option>'
        return self.ask(f"{EVENTING}/Subscribe", f"<e:Subscribe>{delivery}{after}</e:Subscribe>", "SCX_LogFile",
                        f"<w:OptionSet>{name}{options}{interval}{more}</w:OptionSet>")


class LogEventsTest(unittest.TestCase):
    make_sink = agent_test.EventsTest.make_sink
    children = agent_test.EventsTest.children
    stop = agent_test.EventsTest.stop

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-log-events."))
        self.addCleanup(shutil.rmtree, self.folder)
        self.folder.chmod(0o755)
        run_agent.make_identities(AGENT, self.folder)
        run_agent.make_users(self.folder)
        self.add_user("other", 4243)
        self.logs = self.folder / "logs"
        self.logs.mkdir()
        os.chown(self.logs, ACCOUNT, -1)
        self.log = self.logs / "app.log"
        self.append("an error of yesterday")
        self.sink = self.make_sink()
        self.addCleanup(self.sink.close)
        self.port = run_agent.free_port()
        self.start()
        self.addCleanup(self.stop)

    def add_user(self, name, uid):
        with open(self.folder / "passwd", "a", encoding="utf-8") as file:
            file.write(f"{name}:x:{uid}:{uid}::/:/bin/sh\n")
        shadow = (self.folder / "shadow").read_text(encoding="utf-8").splitlines()[0]
        with open(self.folder / "shadow", "a", encoding="utf-8") as file:
            file.write(shadow.replace(run_agent.USER, name, 1) + "\n")

    def start(self):
        client = run_agent.run("openssl", "x509", "-in", self.folder / "ca" / "client.pem", "-noout", "-fingerprint",
                               "-sha256").split("=")[1].strip()
        config = self.folder / "agent.toml"
        config.write_text(GRANTS.format(port=self.port, folder=self.folder, client=client, sink=self.sink.address),
                          encoding="utf-8")
        (self.folder / "state").mkdir(exist_ok=True)
        behind = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", run_agent.COVER, str(self.folder)]
        self.agent = subprocess.Popen([*behind, str(AGENT), "--config", str(config), "serve"])
        run_agent.wait_for(self.agent, self.port)
        self.client = LogClient(self.port, self.folder)
        self.user = LogClient(self.port, self.folder, f"{run_agent.USER}:{run_agent.PASSWORD}")

    def append(self, *lines, file=None):
        with open(file or self.log, "a", encoding="utf-8") as log:
            log.writelines(line + "\n" for line in lines)

    def processes(self, uid):
        def owner(pid):
            try:
                return int(re.search(r"Uid:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text("ascii"))[1])
            except OSError:
                return None
        return sorted(pid for pid in self.children() if owner(pid) == uid)

    def watchers(self):
        return self.processes(ACCOUNT)

    def audit(self):
        text = (self.folder / "state" / "audit.log").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def delivery(self, mode, more="", path="in"):
        if mode.endswith("/Pull"):
            return f'<e:Delivery Mode="{mode}"/>'
        return (f'<e:Delivery Mode="{mode}"><e:NotifyTo><a:Address>https://{self.sink.address}/{path}</a:Address>'
                f"</e:NotifyTo>{more}</e:Delivery>")

    def push(self, client, expressions, mode=f"{WSMAN}/PushWithAck", after=""):
        answer = client.watch(self.log, expressions, self.delivery(mode), after)
        self.assertIn("SubscribeResponse", answer)
        return between(answer, "<wse:Identifier>", "</wse:Identifier>")

    def pull(self, client, expressions, after=""):
        answer = client.watch(self.log, expressions, self.delivery(f"{WSMAN}/Pull"), after)
        self.assertIn("SubscribeResponse", answer)
        return between(answer, "<wsen:EnumerationContext>", "</wsen:EnumerationContext>")

    def told(self, line):
        return self.sink.count(f"<p:Line>{line}</p:Line>")

    def test_lines_are_events_in_all_modes_of_delivery(self):
        context = self.pull(self.user, ["rror", "absent", "of"])
        for mode in (PUSH, f"{WSMAN}/PushWithAck", f"{WSMAN}/Events"):
            more = "<w:MaxTime>PT1S</w:MaxTime>" if mode.endswith("Events") else ""
            answer = self.client.watch(self.log, ["rror", "absent", "of"], self.delivery(mode, more))
            self.assertIn("SubscribeResponse", answer)
        self.append("fine", "an error of <today> & \x01", "fine too")
        line = "an error of &lt;today&gt; &amp; \ufffd"
        pulled = self.user.pull(context, 20)
        self.assertIn(f"<p:Line>{line}</p:Line>", pulled)
        self.assertTrue(eventually(lambda: self.told(line) == 3), self.sink.messages)
        for message in [pulled, *self.sink.messages]:
            event = xml.etree.ElementTree.fromstring(message.encode()).find(".//{*}Muster_LogFileMatch")
            values = [(child.tag.split("}")[1], child.text) for child in event]
            self.assertEqual(values, [("FileName", str(self.log)), ("Expressions", "0"), ("Expressions", "2"),
                                      ("Line", "an error of <today> & \ufffd")])
            self.assertNotIn("yesterday", message)
        actions = [between(message, "<wsa:Action", "</wsa:Action>").split(">")[1] for message in self.sink.messages]
        self.assertEqual(sorted(actions), [f"{WSMAN}/Event", f"{WSMAN}/Event", f"{WSMAN}/Events"])

    def test_rotation_tells_each_line_once(self):
        self.push(self.client, ["line"])
        number = 0
        for turn in range(6):
            for _ in range(40):
                self.append(f"line {number};")
                number += 1
            if turn % 3 == 0:
                self.log.rename(self.logs / f"app.log.{9 - turn}")
            elif turn % 3 == 1:
                time.sleep(1.5)  # what copytruncate loses between its two steps is lost for everybody
                shutil.copy(self.log, self.logs / f"app.log.{9 - turn}")
                os.truncate(self.log, 0)
            time.sleep(0.7)
        self.assertTrue(eventually(lambda: all(self.told(f"line {i};") for i in range(number))))
        self.assertEqual([i for i in range(number) if self.told(f"line {i};") != 1], [])

    def kill(self, pids, which):
        if pids:
            os.kill(pids[which], signal.SIGKILL)

    def nothing_is_missed(self, client):
        identifier = self.push(client, ["line"])
        self.assertTrue(eventually(lambda: len(self.watchers()) == 1))
        written, writing = [], threading.Event()

        def write():
            while not writing.wait(0.02):
                self.append(f"line {len(written)};")
                written.append(len(written))
        writer = threading.Thread(target=write)
        writer.start()
        time.sleep(1.5)
        self.kill(self.watchers(), 0)
        time.sleep(3)
        self.kill(self.processes(FRONT), -1)  # the youngest is the courier
        time.sleep(3)
        self.kill(self.processes(FRONT), 1)  # after the provider host
        time.sleep(3)
        self.stop()
        self.start()
        time.sleep(2)
        writing.set()
        writer.join()
        missing = lambda: [i for i in written if not self.told(f"line {i};")]
        self.assertTrue(eventually(lambda: not missing(), 60), missing())
        self.assertGreater(len(written), 300)
        self.assertIn("UnsubscribeResponse", client.unsubscribe(identifier))
        self.assertTrue(eventually(lambda: not self.watchers()))
        self.assertEqual(list((self.folder / "state" / "watches").glob("*")), [])

    def test_nothing_is_missed_whatever_dies_of_a_certificate(self):
        self.nothing_is_missed(self.client)

    def test_nothing_is_missed_whatever_dies_of_a_user(self):
        self.nothing_is_missed(self.user)

    def test_without_the_monitors_memory_a_user_does_not_go_on(self):
        self.push(self.user, ["line"], after=f"<e:EndTo><a:Address>https://{self.sink.address}/end</a:Address></e:EndTo>")
        self.append("line 1;")
        self.assertTrue(eventually(lambda: self.told("line 1;")))
        self.stop()
        shutil.rmtree(self.folder / "state" / "watches")
        self.start()
        self.assertTrue(eventually(lambda: self.sink.count("SubscriptionEnd") > 0))
        self.assertEqual(self.watchers(), [])

    def test_a_pull_goes_on_from_its_bookmark_after_a_restart(self):
        context = self.pull(self.user, ["line"], "<w:SendBookmarks/>")
        self.append("line 1;")
        answer = self.user.pull(context, 20)
        self.assertIn("line 1;", answer)
        bookmark = between(answer, "<wsman:Bookmark>", "</wsman:Bookmark>")
        time.sleep(1)  # the watcher's place moves after the event was told; without it line 1 would be told again
        self.stop()
        self.append("line 2;")
        self.start()
        context = self.pull(self.user, ["line"], f"<w:Bookmark>{bookmark}</w:Bookmark><w:SendBookmarks/>")
        answer = self.user.pull(context, 20)
        self.assertIn("line 2;", answer)
        self.assertNotIn("line 1;", answer)

    def test_refusals_are_precise_and_leave_no_process(self):
        secret = self.logs / "secret.log"
        self.append("x", file=secret)
        secret.chmod(0o600)
        pull = self.delivery(f"{WSMAN}/Pull")
        other = LogClient(self.port, self.folder, f"other:{run_agent.PASSWORD}")
        query = f'<w:Filter Dialect="{agent_test.WQL}">select * from SCX_LogFile</w:Filter>'
        for answer, fault, words in (
                (other.watch(self.log, ["x"], pull), "wsman:AccessDenied", "no [[grant]]"),
                (self.user.watch(secret, ["x"], pull), "wsman:AccessDenied", "secret.log"),
                (self.user.watch(self.logs, ["x"], pull), "wsman:InvalidOptions", "not a regular file"),
                (self.user.watch(self.log, ["fine", "(x"], pull), "wsman:InvalidOptions", "expression 1 "),
                (self.user.watch(self.log, ["x"] * 65, pull), "wsman:InvalidOptions", "1 to 64"),
                (self.user.watch(self.log, [], pull), "wsman:InvalidOptions", "regexps is missing"),
                (self.user.watch("app.log", ["x"], pull), "wsman:InvalidOptions", "from the root on"),
                (self.user.watch("", ["x"], pull), "wsman:InvalidOptions", "filename is missing"),
                (self.user.watch(self.log, ["x"], pull, query), "wse:EventSourceUnableToProcess", "no filter")):
            self.assertIn(fault, answer)
            self.assertIn(words, answer)
        self.assertTrue(eventually(lambda: self.watchers() == []), "a refusal is told before its process has ended")
        events = [line["event"] for line in self.audit()]
        self.assertEqual(events.count("refused"), 1)
        self.assertEqual(events.count("intent"), events.count("outcome"))

    def test_one_caller_has_eight_and_others_their_own(self):
        for number in range(8):
            self.pull(self.user, [f"x{number}"])
        answer = self.user.watch(self.log, ["y"], self.delivery(f"{WSMAN}/Pull"))
        self.assertIn("wsman:QuotaLimit", answer)
        self.pull(self.client, ["y"])
        self.assertEqual(len(self.watchers()), 9)

    def test_unsubscribe_ends_the_process_and_the_audit_log_has_two_lines(self):
        late = self.log.with_name("late.log")
        answer = self.user.watch(late, ["x"], self.delivery(f"{WSMAN}/Pull"))
        context = between(answer, "<wsen:EnumerationContext>", "</wsen:EnumerationContext>")
        self.append("x", "y", "x", file=late)
        found = 0
        while found < 2:  # each Pull waits for at least one, or for its time
            pulled = self.user.pull(context, 20)
            self.assertIn("PullResponse", pulled)
            found += pulled.count("<p:Line>x</p:Line>")
        self.assertEqual(found, 2)
        self.assertEqual(len(self.watchers()), 1)
        self.assertIn("UnsubscribeResponse", self.user.unsubscribe(context))
        self.assertTrue(eventually(lambda: not self.watchers(), 10))
        intent, outcome = self.audit()
        self.assertEqual((intent["event"], outcome["event"]), ("intent", "outcome"))
        self.assertEqual((intent["actor"], intent["account"]), ("user tester", "tester"))
        self.assertIn(f"filename={late}", intent["arguments"])
        self.assertEqual(outcome["outcome"], "2 events")

    def test_a_file_that_may_not_be_read_any_more_ends_it(self):
        context = self.pull(self.user, ["line"])
        self.push(self.client, ["line"], after=f"<e:EndTo><a:Address>https://{self.sink.address}/end</a:Address></e:EndTo>")
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(self.user.pull(context, 30)))
        waiting.start()
        time.sleep(0.5)
        self.log.chmod(0o600)
        waiting.join()
        self.assertIn("wsman:AccessDenied", answers[0])
        self.assertTrue(eventually(lambda: self.sink.count("SubscriptionEnd") == 1))
        self.assertIn("/SourceCanceling", self.sink.messages[-1])
        self.assertTrue(eventually(lambda: not self.watchers(), 10))

    def test_an_account_that_is_gone_ends_it(self):
        self.push(self.user, ["line"], after=f"<e:EndTo><a:Address>https://{self.sink.address}/end</a:Address></e:EndTo>")
        passwd = self.folder / "passwd"  # rewritten in place: the agent has it bound over the host's
        passwd.write_text("".join(line for line in passwd.read_text(encoding="utf-8").splitlines(True)
                                  if not line.startswith("tester:")), encoding="utf-8")
        self.assertTrue(eventually(lambda: self.sink.count("SubscriptionEnd") == 1))
        self.assertIn("is no account of this host", self.sink.messages[-1])
        self.assertEqual(self.watchers(), [])

    def test_a_grant_that_is_taken_away_ends_it(self):
        self.push(self.user, ["line"], after=f"<e:EndTo><a:Address>https://{self.sink.address}/end</a:Address></e:EndTo>")
        config = self.folder / "agent.toml"
        config.write_text(config.read_text(encoding="utf-8").replace('users = ["tester"]', "users = []"), encoding="utf-8")
        self.agent.send_signal(signal.SIGHUP)
        self.assertTrue(eventually(lambda: self.sink.count("SubscriptionEnd") == 1))
        self.assertEqual(self.watchers(), [])


if __name__ == "__main__":
    AGENT = agent_test.AGENT = pathlib.Path(sys.argv.pop(1)).resolve()
    if os.geteuid() != 0:
        sys.exit("log_test.py: needs root")
    unittest.main()
