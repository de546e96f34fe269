# SPDX-License-Identifier: GPL-2.0-or-later
"""What cases must know of the server's instances, asked of it once: ${keys.ROLE} and ${key.ROLE.PROPERTY}."""
import threading

from answer import NAMES
from envelope import selectors_xml
from session import Result, Session, StepFailed
from wire import WireError

ENUMERATE = {"use": "enumerate", "inner": "<w:OptimizeEnumeration/><w:MaxElements>1</w:MaxElements>"}


class Fixtures:
    """Each role's first instance, read with an optimised Enumerate and, where that gives none, a Pull."""

    def __init__(self, runner):
        self.runner, self.found, self.lock = runner, {}, threading.Lock()

    @staticmethod
    def offers(name):
        return name.startswith(("keys.", "key.", "first."))

    def value(self, name):
        kind, _, rest = name.partition(".")
        role, _, wanted = rest.partition(".")
        with self.lock:
            if role not in self.found:
                self.found[role] = self._ask(role)
            instance = self.found[role]
        if kind == "keys":
            keys = self.runner.profile.keys.get(role)
            if keys is None:
                raise StepFailed(f"{role}: the profile names no keys of this role")
            return selectors_xml({key: instance.get(key, "") for key in keys})
        if wanted not in instance:
            raise StepFailed(f"{role}: its first instance has no {wanted}")
        return instance[wanted]

    def _ask(self, role):
        session = Session(self.runner, Result(None), use_fixtures=False)
        try:
            found = self._item(session, ENUMERATE | {"class": role}, ".//w:Items/*")
            if found is None:
                context = session.captured["context"]
                inner = f"<n:EnumerationContext>{context}</n:EnumerationContext>"
                found = self._item(session, {"use": "pull", "class": role, "inner": inner}, ".//n:Items/*")
        except (WireError, StepFailed) as error:
            raise StepFailed(f"{role}: its instances cannot be read: {error}") from error
        finally:
            session.end()
        if found is None:
            raise StepFailed(f"{role}: the server has no instance of {self.runner.profile.class_of(role)}")
        return {child.tag.split("}")[-1]: child.text or "" for child in found}

    @staticmethod
    def _item(session, send, path):
        built = session.runner.builder.build(send, {})
        answer = session._exchange(built, {}, {})[0]
        if answer.root is None or answer.fault:
            raise StepFailed(answer.summary())
        session.captured["context"] = answer.text(".//n:EnumerationContext") or ""
        return next(iter(answer.root.findall(path, NAMES)), None)
