# SPDX-License-Identifier: GPL-2.0-or-later
"""What is special about one server: its classes, what it offers, where it deviates on purpose."""
import fnmatch
import tomllib

from envelope import CaseError

KEYS = {"name", "namespace", "uri_prefix", "namespace_prefix", "fault_status", "features", "classes", "keys", "values",
        "deviation"}


class Deviation:
    """`case` is an id or a pattern; `expect` replaces what the case expects of its last step."""

    def __init__(self, row):
        self.pattern, self.reason, self.expect = row["case"], row["reason"], row["expect"]


class Profile:
    """Errors: CaseError when the file is not one."""

    def __init__(self, path, more_features=(), more_values=None):
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CaseError(f"{path}: {error}") from error
        if unknown := set(table) - KEYS:
            raise CaseError(f"{path}: unknown key {sorted(unknown)[0]}")
        self.name = table.get("name", path.stem)
        self.namespace = table.get("namespace", "")
        self.uri_prefix = table["uri_prefix"]
        self.namespace_prefix = table.get("namespace_prefix", self.uri_prefix)
        self.fault_status = table.get("fault_status", {})
        self.features = set(table.get("features", [])) | set(more_features)
        self.classes, self.keys, self.values = table["classes"], table.get("keys", {}), table.get("values", {})
        self.values |= more_values or {}
        self.features |= {f"class:{name}" for name in self.classes.values()}
        self.features |= {f"role:{role}" for role in self.classes}
        self.deviations = [Deviation(row) for row in table.get("deviation", [])]

    def missing(self, needs):
        """The first of these needs that the server does not fulfil; "!x" is fulfilled when x is not offered."""
        return next((need for need in needs
                     if (need[1:] in self.features if need.startswith("!") else need not in self.features)), None)

    def class_of(self, role):
        """The class that plays this role; any other word is a class name itself."""
        return self.classes.get(role, role)

    def uri(self, class_name):
        return class_name if "://" in class_name else self.uri_prefix + class_name

    def namespace_of(self, class_name):
        return class_name if "://" in class_name else self.namespace_prefix + class_name

    def value(self, name):
        """${uri:ROLE}, ${ns:ROLE}, ${class:ROLE} and the table of values; None when unknown."""
        kind, _, role = name.partition(":")
        if role:
            found = self.class_of(role)
            return {"uri": self.uri, "ns": self.namespace_of, "class": lambda one: one}.get(kind, lambda _: None)(found)
        return self.values.get(name)

    def statuses(self, code):
        """The HTTP status a fault of this SOAP code may have."""
        standard = 400 if code in ("Sender",) else 500
        return self.fault_status.get(code, [standard])

    def deviation_of(self, case_id):
        return next((one for one in self.deviations if fnmatch.fnmatchcase(case_id, one.pattern)), None)
