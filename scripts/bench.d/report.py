# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables in Markdown, and where results are kept."""
import datetime
import json
import os
import pathlib
import platform
import statistics

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OUT = ROOT / "build" / "bench"


def median(values):
    return statistics.median(list(values))


def number(value):
    """Three digits or so, thousands set apart."""
    if value >= 1000:
        return f"{round(value, -1 if value < 10000 else -2):,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head, rows):
    """The first column is text, the others are figures."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def verdict(reached):
    return "reached" if reached else "MISSED"


def machine():
    """One line on where it was measured."""
    model = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
    return f"{today}, {os.cpu_count()} cores ({model}), {gigabytes:.0f} GB, Linux {platform.release()}"


def save(name, text, figures):
    """Writes NAME.md and NAME.json, and prints the text."""
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.md").write_text(text, encoding="utf-8")
    (OUT / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(text, flush=True)
