#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails when a file includes something its layer may not see. The table below is the architecture."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# layer -> project folders it may include (its own folder is always allowed)
MAY_USE = {
    "core/base": [],
    "core/tls": ["core/base"],
    "core/http": ["core/base", "core/tls"],
    "core/cim": ["core/base"],
    "core/wsman": ["core/base", "core/cim"],
    "providers": ["core/base", "core/cim", "core/tls"],
    "agent": ["core/base", "core/tls", "core/http", "core/cim", "core/wsman", "providers"],
    "orchestrator": ["core/base", "core/tls", "core/http", "core/cim", "core/wsman"],
}
# third-party header -> the only folders that may name it
FENCED = {
    r"openssl/": ["core/tls"],
    r"boost/beast": ["core/http"],
    r"zlib\.h": ["core/http"],
    r"libssh/": ["orchestrator/ssh"],
    r"pugixml": ["core/wsman"],
    r"stdsoap2|wsmanH|wsmanStub|gsoap": ["core/wsman"],
    r"security/": ["agent/auth"],
    r"SQLiteCpp|sqlite3": ["orchestrator/store"],
    r"re2/": ["agent/executor"],
    r"yaml-cpp": ["orchestrator/inventory"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]')


def layer_of(path):
    return next((l for l in sorted(MAY_USE, key=len, reverse=True) if path.startswith(l + "/")), None)


def main():
    wrong = []
    for file in sorted(p for l in ("core", "providers", "agent", "orchestrator") for p in (ROOT / l).rglob("*") if p.suffix in (".h", ".cc")):
        name = file.relative_to(ROOT).as_posix()
        layer = layer_of(name)
        for number, line in enumerate(file.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            target = found.group(1)
            other = layer_of(target)
            if other and other != layer and other not in MAY_USE.get(layer, []):
                wrong.append(f"{name}:{number}: {layer} may not include {other}")
            for pattern, homes in FENCED.items():
                if re.match(pattern, target) and not any(name.startswith(h) for h in homes):
                    wrong.append(f"{name}:{number}: <{target}> belongs to {', '.join(homes)}")
    print("\n".join(wrong) or "layers hold")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
