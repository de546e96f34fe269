# SPDX-License-Identifier: GPL-2.0-or-later
"""python-winrm at an agent: its headers, its HTTP and its reading of faults. What it is told is in the environment,
as tests/interop/run.py sets it."""
import os
import sys
import xml.etree.ElementTree as ET

import xmltodict
from winrm.exceptions import InvalidCredentialsError, WinRMError
from winrm.protocol import Protocol

URL, CA, CERT = (os.environ[f"INTEROP_{name}"] for name in ("URL", "CA", "CERT"))
CLASSES = "http://schemas.microsoft.com/wbem/wscim/1/cim-schema/2/"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer/"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/"
NAMES = {"s": "http://www.w3.org/2003/05/soap-envelope", "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
         "n": ENUMERATION.rstrip("/"), "i": "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"}
IDENTIFY = ('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
            'xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>')
OPTIMISED = {"n:Enumerate": {"w:OptimizeEnumeration": None, "w:MaxElements": "20"}}


def demand(holds, what):
    if not holds:
        sys.exit(f"winrm: {what}")
    print(f"  {what}")


class Client:
    """python-winrm, with an eye on what its HTTP library got."""

    def __init__(self, **how):
        self.protocol = Protocol(URL, ca_trust_path=CA, **how)
        self.protocol.transport.build_session()
        self.answers = []
        self.protocol.transport.session.hooks["response"].append(lambda answer, *_, **__: self.answers.append(answer))

    def ask(self, action, class_name, body=None):
        # The library has these headers for shells alone; they are WS-Management's own.
        request = self.protocol._get_soap_header(action=action, resource_uri=CLASSES + class_name)
        request["env:Body"] = body
        return ET.fromstring(self.protocol.send_message(xmltodict.unparse({"env:Envelope": request})))


def count(root):
    return len(root.findall(".//w:Items/*", NAMES)) + len(root.findall(".//n:Items/*", NAMES))


def all_of(client, class_name):
    """How many items, in how many answers."""
    answer = client.ask(ENUMERATION + "Enumerate", class_name, OPTIMISED)
    items, answers = count(answer), 1
    while True:
        context = answer.findtext(".//n:EnumerationContext", "", NAMES)
        if not context:
            return items, answers
        answer = client.ask(ENUMERATION + "Pull", class_name,
                            {"n:Pull": {"n:EnumerationContext": context, "n:MaxElements": "20"}})
        items, answers = items + count(answer), answers + 1


def journey(client):
    identity = ET.fromstring(client.protocol.send_message(IDENTIFY))
    demand(identity.findtext(".//i:ProductVendor", "", NAMES) == "Muster", "Identify tells the vendor")
    got = client.ask(TRANSFER + "Get", "SCX_OperatingSystem")
    demand(got.find("s:Body/*", NAMES).tag.endswith("}SCX_OperatingSystem"), "Get gives the operating system")
    items, answers = all_of(client, "SCX_UnixProcess")
    demand(items > 20 and answers > 1, "processes are enumerated in several answers")
    demand(client.answers[-2].headers.get("Content-Encoding") == "gzip", "large answers come compressed")


def faults(client):
    try:
        client.ask(TRANSFER + "Get", "SCX_NoSuchClass")
        demand(False, "an unknown class is an error")
    except WinRMError as error:
        demand("DestinationUnreachable" in str(error), "the fault of an unknown class is understood")
    try:
        client.protocol.open_shell()
        demand(False, "a Windows shell is an error")
    except WinRMError as error:
        demand("ActionNotSupported" in str(error), "a Windows shell is refused in words that are understood")


def basic():
    user, password = os.environ.get("INTEROP_USER"), os.environ.get("INTEROP_PASSWORD")
    if not user:
        return
    print("with Basic:")
    journey(Client(transport="ssl", username=user, password=password))
    try:
        Client(transport="ssl", username=user, password="wrong").ask(TRANSFER + "Get", "SCX_Agent")
        demand(False, "a wrong password is an error")
    except InvalidCredentialsError:
        demand(True, "a wrong password is understood as one")


print("with a client certificate:")
CLIENT = Client(transport="certificate", cert_pem=CERT, cert_key_pem=CERT)
journey(CLIENT)
faults(CLIENT)
basic()
