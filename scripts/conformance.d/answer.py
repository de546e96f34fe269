# SPDX-License-Identifier: GPL-2.0-or-later
"""What came back, read as SOAP: header, body, fault."""
import gzip
import xml.etree.ElementTree as ET

NAMES = {"s": "http://www.w3.org/2003/05/soap-envelope",
         "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
         "t": "http://schemas.xmlsoap.org/ws/2004/09/transfer",
         "n": "http://schemas.xmlsoap.org/ws/2004/09/enumeration",
         "e": "http://schemas.xmlsoap.org/ws/2004/08/eventing",
         "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
         "i": "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd",
         "b": "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd",
         "cim": "http://schemas.dmtf.org/wbem/wscim/1/common",
         "p": "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
         "xsi": "http://www.w3.org/2001/XMLSchema-instance",
         "xml": "http://www.w3.org/XML/1998/namespace"}
# The usual names of the fault tables, and the prefixes of the cases.
FAULT_PREFIXES = {"wsman": "w", "wsa": "a", "wsen": "n", "wse": "e", "wxf": "t", "wsmb": "b", "s": "s"}
_WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
FAULT_ACTIONS = {"w": (_WSMAN,), "b": (_WSMAN, "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/fault"),
                 "s": (NAMES["a"] + "/fault", _WSMAN)} | {each: (NAMES[each] + "/fault",) for each in "anet"}
DETAIL_PREFIX = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"
MARKS = ((b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be"), (b"\xef\xbb\xbf", "utf-8"))


class NotSoap(Exception):
    """The body is no SOAP 1.2 envelope; says why."""


def prefixed(tag):
    """{uri}local as prefix:local with the prefixes above."""
    if not tag.startswith("{"):
        return tag
    uri, local = tag[1:].split("}", 1)
    prefix = next((key for key, value in NAMES.items() if value == uri), None)
    return f"{prefix}:{local}" if prefix else tag


def qname_in(element, text, scopes):
    """The content `p:Name` of an element as {uri}Name, by the declarations in scope there."""
    prefix, _, local = text.strip().rpartition(":")
    return f"{{{scopes.get(element, {}).get(prefix, '')}}}{local}"


def parse(data):
    """(root, {element: {prefix: uri in scope}}). Errors: NotSoap."""
    if b"<!DOCTYPE" in data or "<!DOCTYPE".encode("utf-16-le") in data:
        raise NotSoap("the answer has a DOCTYPE")
    parser, stack, scopes, fresh = ET.XMLPullParser(("start", "end", "start-ns")), [{}], {}, {}
    try:
        parser.feed(data)
        parser.close()
        root = None
        for event, item in parser.read_events():
            if event == "start-ns":
                fresh[item[0]] = item[1]
            elif event == "start":
                root = item if root is None else root
                stack.append(stack[-1] | fresh if fresh else stack[-1])
                scopes[item], fresh = stack[-1], {}
            else:
                stack.pop()
    except (ET.ParseError, ValueError, LookupError) as error:
        raise NotSoap(f"the answer is not well-formed: {error}") from error
    return root, scopes


class Fault:
    """A SOAP 1.2 fault. Names are prefix:local with the prefixes of NAMES."""

    def __init__(self, element, scopes):
        def name(path):
            found = element.find(path, NAMES)
            return prefixed(qname_in(found, found.text or "", scopes)) if found is not None else None
        self.code = name("s:Code/s:Value")
        self.subcode = name("s:Code/s:Subcode/s:Value")
        self.reason = element.find("s:Reason/s:Text", NAMES)
        self.details = [(one.text or "").strip() for one in element.iterfind("s:Detail//w:FaultDetail", NAMES)]

    def __str__(self):
        details = [detail.removeprefix(DETAIL_PREFIX) for detail in self.details]
        return " ".join([self.subcode or self.code or "a fault without code"] + details)


class Answer:
    """A response of the server. `root` is None when there is no envelope; then `problem` says why."""

    def __init__(self, response):
        self.response, self.status, self.body = response, response.status, response.body
        if (response.field("Content-Encoding") or "").lower() == "gzip":
            self.body = gzip.decompress(self.body)
        self.root, self.problem, self.fault, self.scopes = None, None, None, {}
        try:
            self.root, self.scopes = parse(self.body)
        except NotSoap as error:
            self.problem = str(error) if self.body.strip() else "the answer has no body"
        if self.root is not None and self.root.tag != f"{{{NAMES['s']}}}Envelope":
            self.problem, self.root = f"the answer is no SOAP 1.2 envelope but {self.root.tag}", None
        if self.root is not None:
            fault = self.root.find("s:Body/s:Fault", NAMES)
            self.fault = Fault(fault, self.scopes) if fault is not None else None

    @property
    def encoding(self):
        """The encoding of the body, by its mark or its first bytes."""
        raw = self.body
        for mark, name in MARKS:
            if raw.startswith(mark):
                return name
        if raw[:2] in (b"<\0", b"\0<"):
            return "utf-16le" if raw[:1] == b"<" else "utf-16be"
        return "utf-8"

    def text(self, path):
        found = self.root.find(path, NAMES) if self.root is not None else None
        return (found.text or "").strip() if found is not None else None

    def find(self, path, names=None):
        """Elements below the envelope, or the values of an attribute when the path ends in /@name."""
        if self.root is None:
            return []
        names = NAMES | (names or {})
        path, _, attribute = path.partition("/@")
        found = self.root.findall(path, names)
        if not attribute:
            return found
        prefix, _, local = attribute.rpartition(":")
        key = f"{{{names[prefix]}}}{local}" if prefix else local
        return [element.attrib[key] for element in found if key in element.attrib]

    def summary(self):
        """In few words, for the table of failures."""
        if self.fault:
            return f"{self.status} {self.fault}"
        if self.root is None:
            return f"{self.status}, {self.problem}"
        first = self.root.find("s:Body/*", NAMES)
        return f"{self.status} {prefixed(first.tag) if first is not None else 'an empty body'}"
