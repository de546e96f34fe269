#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Events end to end on loopback: a real agent with real thresholds, and a sink over TLS that is not ours.

usage: agent_test.py AGENT [UNITTEST-OPTION...]"""
import base64
import http.client
import http.server
import importlib.util
import os
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("run_agent", ROOT / "tests" / "conformance" / "run_agent.py")
run_agent = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(run_agent)

EVENTING = "http://schemas.xmlsoap.org/ws/2004/08/eventing"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman"
WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
OPEN = ('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" '
        'xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" '
        f'xmlns:e="{EVENTING}"><s:Header>')
AGENT = None


def between(text, begin, end):
    found = re.search(re.escape(begin) + "(.*?)" + re.escape(end), text, re.S)
    return found.group(1) if found else None


def eventually(wanted, seconds=30):
    deadline = time.monotonic() + seconds
    while not wanted():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


class Sink:
    """Acknowledges what it gets and remembers it."""

    def __init__(self, certificate, key):
        self.messages = []
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                sink.messages.append(body)
                answer = (OPEN + f"<a:Action>{WSMAN}/Ack</a:Action><a:RelatesTo>"
                          + between(body, "<wsa:MessageID>", "</wsa:MessageID>")
                          + "</a:RelatesTo></s:Header><s:Body/></s:Envelope>").encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/soap+xml;charset=UTF-8")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # couriers are killed in the middle of an answer, on purpose
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.address = f"localhost:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def count(self, text):
        return sum(text in message for message in self.messages)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Client:
    """Shows the client's certificate, or has a user and a password."""

    def __init__(self, port, folder, basic=None):
        self.port, self.context = port, ssl.create_default_context(cafile=str(folder / "ca" / "root.pem"))
        self.fields = {"Content-Type": "application/soap+xml;charset=UTF-8"}
        if basic:
            self.fields["Authorization"] = "Basic " + base64.b64encode(basic.encode()).decode()
        else:
            self.context.load_cert_chain(str(folder / "ca" / "client.pem"))
        self.number = 0

    def ask(self, action, body, class_name="SCX_UnixProcess", more=""):
        self.number += 1
        uri = f"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/{class_name}"
        text = (f"{OPEN}<a:To>/wsman</a:To><a:Action>{action}</a:Action><a:MessageID>uuid:{self.number}</a:MessageID>"
                f"<w:ResourceURI>{uri}</w:ResourceURI>{more}</s:Header><s:Body>{body}</s:Body></s:Envelope>")
        connection = http.client.HTTPSConnection("localhost", self.port, context=self.context, timeout=90)
        connection.request("POST", "/wsman", text.encode(), self.fields)
        answer = connection.getresponse().read().decode()
        connection.close()
        return answer

    def subscribe(self, delivery, query, after="", class_name="SCX_UnixProcess"):
        option = '<w:OptionSet><w:Option Name="EvaluationInterval">PT1S</w:Option></w:OptionSet>'
        body = f'<e:Subscribe>{delivery}{after}<w:Filter Dialect="{WQL}">{query}</w:Filter></e:Subscribe>'
        return self.ask(f"{EVENTING}/Subscribe", body, class_name, option)

    def unsubscribe(self, identifier):
        return self.ask(f"{EVENTING}/Unsubscribe", "<e:Unsubscribe/>", more=f"<e:Identifier>{identifier}</e:Identifier>")

    def pull(self, context, seconds=5):
        return self.ask("http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull",
                        f"<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext><n:MaxTime>PT{seconds}S</n:MaxTime>"
                        "<n:MaxElements>50</n:MaxElements></n:Pull>")


class Watched:
    """A process under a name that no other has."""

    def __init__(self, folder, name):
        self.program = folder / name
        if not self.program.exists():
            shutil.copy("/bin/sleep", self.program)
        self.child = subprocess.Popen([self.program, "600"])

    def end(self):
        self.child.kill()
        self.child.wait()


class EventsTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-events."))
        self.addCleanup(shutil.rmtree, self.folder)
        self.folder.chmod(0o755)
        run_agent.make_identities(AGENT, self.folder)
        self.sink = self.make_sink()
        self.addCleanup(self.sink.close)
        self.port = run_agent.free_port()
        self.start()
        self.addCleanup(self.stop)
        self.watched = []
        self.addCleanup(lambda: [each.end() for each in self.watched])

    def make_sink(self):
        cert = [AGENT, "cert", "--tls-folder", self.folder / "sink"]
        run_agent.run(*cert, "create")
        request = run_agent.run(*cert, "request", "--name", "localhost")
        run_agent.run(*cert, "install", input=run_agent.run(run_agent.AUTHORITY, "sign", self.folder / "ca", "localhost",
                                                            "127.0.0.1", input=request))
        return Sink(self.folder / "sink" / "agent.pem", self.folder / "sink" / "agent.key")

    def start(self):
        config = self.folder / "agent.toml"
        user = "nobody" if os.geteuid() == 0 else run_agent.pwd.getpwuid(os.geteuid()).pw_name
        text = run_agent.CONFIG.format(port=self.port, folder=self.folder, user=user, client="CN=nobody")
        text = text.replace('log_level = "error"', 'log_level = "warning"')
        config.write_text(text + f'[events]\ndestinations = ["{self.sink.address}"]\n', encoding="utf-8")
        self.agent = subprocess.Popen([str(AGENT), "--config", str(config), "serve"])
        run_agent.wait_for(self.agent, self.port)
        self.client = Client(self.port, self.folder)

    def stop(self):
        if self.agent.poll() is None:
            self.agent.terminate()
            self.agent.wait(20)

    def children(self):
        text = pathlib.Path(f"/proc/{self.agent.pid}/task/{self.agent.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in text.split()]

    def watch(self, name):
        self.watched.append(Watched(self.folder, name))
        return self.watched[-1]

    def push(self, query, mode=f"{WSMAN}/PushWithAck", class_name="SCX_UnixProcess"):
        delivery = (f'<e:Delivery Mode="{mode}"><e:NotifyTo><a:Address>https://{self.sink.address}/in</a:Address>'
                    "</e:NotifyTo></e:Delivery>")
        answer = self.client.subscribe(delivery, query, class_name=class_name)
        self.assertIn("SubscribeResponse", answer)
        return between(answer, "<wse:Identifier>", "</wse:Identifier>")

    def test_what_begins_to_be_so_is_one_event(self):
        name = "muster-one"
        identifier = self.push(f"select Name, Handle from SCX_UnixProcess where Name = '{name}'")
        first = self.watch(name)
        self.assertTrue(eventually(lambda: self.sink.count(f">{first.child.pid}<") == 1))
        second = self.watch(name)
        self.assertTrue(eventually(lambda: self.sink.count(f">{second.child.pid}<") == 1))
        self.assertEqual(self.sink.count(f">{first.child.pid}<"), 1, "it stayed so")
        self.assertIn("UnsubscribeResponse", self.client.unsubscribe(identifier))
        third = self.watch(name)
        self.assertFalse(eventually(lambda: self.sink.count(f">{third.child.pid}<"), 3))

    def test_figures_of_a_real_class_are_thresholds(self):
        self.push("select * from SCX_FileSystemStatisticalInformation where PercentUsedSpace &gt;= 0",
                  class_name="SCX_FileSystemStatisticalInformation")
        self.assertTrue(eventually(lambda: self.sink.count("SCX_FileSystemStatisticalInformation") > 0))
        self.assertIn("<p:PercentUsedSpace>", self.sink.messages[0])

    def test_a_killed_courier_and_a_restarted_agent_lose_no_subscription(self):
        name = "muster-two"
        identifier = self.push(f"select Name, Handle from SCX_UnixProcess where Name = '{name}'")
        first = self.watch(name)
        self.assertTrue(eventually(lambda: self.sink.count(f">{first.child.pid}<") > 0))
        os.kill(max(self.children()), signal.SIGKILL)  # the youngest is the courier
        second = self.watch(name)
        self.assertTrue(eventually(lambda: self.sink.count(f">{second.child.pid}<") > 0))
        self.stop()
        third = self.watch(name)
        self.start()
        self.assertTrue(eventually(lambda: self.sink.count(f">{third.child.pid}<") > 0))
        self.assertIn("UnsubscribeResponse", self.client.unsubscribe(identifier))

    def test_a_pull_goes_on_from_its_bookmark(self):
        name = "muster-three"
        query = f"select Name, Handle from SCX_UnixProcess where Name = '{name}'"
        pull = f'<e:Delivery Mode="{WSMAN}/Pull"/>'
        context = between(self.client.subscribe(pull, query, "<w:SendBookmarks/>"),
                          "<wsen:EnumerationContext>", "</wsen:EnumerationContext>")
        self.assertIn("wsman:TimedOut", self.client.pull(context, 1))
        first = self.watch(name)
        answer = self.client.pull(context, 20)
        self.assertIn(f">{first.child.pid}<", answer)
        bookmark = between(answer, "<wsman:Bookmark>", "</wsman:Bookmark>")
        second = self.watch(name)
        self.assertIn(f">{second.child.pid}<", self.client.pull(context, 20))
        self.stop()
        second.end()
        first.end()
        self.start()
        again = self.client.subscribe(pull, query, f"<w:Bookmark>{bookmark}</w:Bookmark><w:SendBookmarks/>")
        answer = self.client.pull(between(again, "<wsen:EnumerationContext>", "</wsen:EnumerationContext>"), 20)
        self.assertIn(f">{second.child.pid}<", answer, "its process is gone, its event is not")
        self.assertNotIn(f">{first.child.pid}<", answer)

    def test_nobody_is_connected_to_who_is_not_allowed(self):
        other = self.make_sink()
        self.addCleanup(other.close)
        delivery = (f"<e:Delivery><e:NotifyTo><a:Address>https://{other.address}/in</a:Address></e:NotifyTo></e:Delivery>")
        answer = self.client.subscribe(delivery, "select * from SCX_UnixProcess")
        self.assertIn("wsman:EventDeliverToUnusable", answer)
        self.assertFalse(eventually(lambda: other.messages, 2))


if __name__ == "__main__":
    AGENT = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
