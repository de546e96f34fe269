# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests in the form in which ordinary WS-Management clients send them, and a plain client to prove the answers."""
import http.client
import re
import socket
import ssl

from processes import BenchError

ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
MICROSOFT_CLASS = "http://schemas.microsoft.com/wbem/wscim/1/cim-schema/2/"
CLASSES = ("SCX_Agent", "SCX_OperatingSystem", "SCX_MemoryStatisticalInformation",
           "SCX_ProcessorStatisticalInformation", "SCX_FileSystem", "SCX_FileSystemStatisticalInformation",
           "SCX_UnixProcess")
KEYS = ("CSCreationClassName", "CSName", "CreationClassName", "Name")


TRANSFERS = "http://schemas.xmlsoap.org/ws/2004/09/"


def envelope(class_name, action, selectors, body):
    chosen = "".join(f'<w:Selector Name="{name}">{value}</w:Selector>'
                     for name, value in {"__cimnamespace": "root/scx", **selectors}.items())
    return f"""<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="{ADDRESSING}" \
xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" \
xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"><s:Header><a:To>https://localhost:1270/wsman</a:To>\
<w:ResourceURI s:mustUnderstand="true">{MICROSOFT_CLASS}{class_name}</w:ResourceURI>\
<a:ReplyTo><a:Address s:mustUnderstand="true">{ADDRESSING}/role/anonymous</a:Address></a:ReplyTo>\
<a:Action s:mustUnderstand="true">{action}</a:Action>\
<w:MaxEnvelopeSize s:mustUnderstand="true">512000</w:MaxEnvelopeSize>\
<a:MessageID>uuid:11111111-2222-4333-8444-555555555555</a:MessageID>\
<w:Locale xml:lang="en-US" s:mustUnderstand="false"/><p:DataLocale xml:lang="en-US" s:mustUnderstand="false"/>\
<w:OperationTimeout>PT60.000S</w:OperationTimeout><w:SelectorSet>{chosen}</w:SelectorSet></s:Header>\
<s:Body>{body}</s:Body></s:Envelope>""".encode()


def enumerate_request(class_name):
    return envelope(class_name, TRANSFERS + "enumeration/Enumerate", {},
                    "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>32000</w:MaxElements></n:Enumerate>")


def pull_request(class_name, context):
    return envelope(class_name, TRANSFERS + "enumeration/Pull", {},
                    f"<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext>"
                    "<n:MaxElements>32000</n:MaxElements></n:Pull>")


def get_request(class_name, keys):
    return envelope(class_name, TRANSFERS + "transfer/Get", keys, "")


def execute_request(command):
    uri = MICROSOFT_CLASS + "SCX_OperatingSystem"
    body = f'<c:ExecuteCommand_INPUT xmlns:c="{uri}"><c:Command>{command}</c:Command></c:ExecuteCommand_INPUT>'
    return envelope("SCX_OperatingSystem", uri + "/ExecuteCommand", {}, body)


def serves(address, name, authority):
    """Whether the agent there shows a certificate of this authority for this name."""
    context = ssl.create_default_context(cafile=str(authority / "root.pem"))
    try:
        with socket.create_connection((address, 1270), 10) as connection:
            context.wrap_socket(connection, server_hostname=name).close()
    except OSError:
        return False
    return True


class Client:
    """One kept-alive connection that verifies the server's certificate and shows one of its own."""

    def __init__(self, port, authority, certificate=None):
        context = ssl.create_default_context(cafile=str(authority / "root.pem"))
        if certificate:
            context.load_cert_chain(str(certificate))
        self.connection = http.client.HTTPSConnection("localhost", port, timeout=30, context=context)

    def post(self, body):
        self.connection.request("POST", "/wsman", body, {"Content-Type": "application/soap+xml;charset=UTF-8"})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def expect(self, body, text):
        """Sends the request and returns the answer, which must be well and hold this text."""
        status, answer = self.post(body)
        if status != 200 or text.encode() not in answer:
            raise BenchError(f"answer {status} without {text}: {answer[:2000].decode(errors='replace')}")
        return answer


def prepare_get(client, class_name):
    """A Get by the keys of the class's instance, and the answer to it."""
    found = client.expect(enumerate_request(class_name), f":{class_name}").decode()
    keys = {name: match.group(1) for name in KEYS if (match := re.search(rf"<\w+:{name}>([^<]*)<", found))}
    request = get_request(class_name, keys)
    return request, client.expect(request, f":{class_name}")
