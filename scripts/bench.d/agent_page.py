# SPDX-License-Identifier: GPL-2.0-or-later
"""What was measured of the agent, as a page of tables with the targets beside them."""
import pathlib
import statistics

import report
import wsman
from report import number, verdict

MOST_PSS_KB = 8000
MOST_POLL_MS = 1.5
MOST_EXECUTE_MS = 20


def middle(found, side, figure):
    return report.median(each[figure] for each in found[side])


def ratio(found):
    """Median of the ratios of neighbours in time."""
    return report.median(ours["rate"] / theirs["rate"] for ours, theirs in zip(found["muster"], found["nginx"]))


# title in the table, measurement, least rate, least share of nginx's rate, most microseconds for the median
TARGETS = (("Get, 1 connection", "get 1", 15_000, 0.45, 100), ("Get, 8 connections", "get 8", 40_000, 0.45, 200),
           ("new TLS connections, one Get each", "handshake", None, 0.9, None))


def compared_rows(found):
    for title, name, rate, share, p50 in TARGETS:
        one = found[name]
        values = middle(one, "muster", "rate"), ratio(one), middle(one, "muster", "p50_us")
        wanted = [f"≥ {number(rate)}"] if rate else []
        wanted += [f"≥ {share} of nginx"] + ([f"p50 ≤ {p50} µs"] if p50 else [])
        reached = (not rate or values[0] >= rate) and values[1] >= share and (not p50 or values[2] <= p50)
        for side in ("muster", "nginx"):
            times = f"{number(middle(one, side, 'p50_us'))} / {number(middle(one, side, 'p99_us'))}"
            first = side == "muster"
            yield [title if first else "", side, number(middle(one, side, "rate")), times,
                   number(middle(one, side, "server_us")), number(middle(one, side, "client_us")),
                   f"{values[1]:.2f}" if first else "", ", ".join(wanted) if first else "",
                   verdict(reached) if first else ""]


def enumerate_rows(found):
    titles = {"enumerate os 1": "SCX_OperatingSystem, 1 connection",
              "enumerate os 8": "SCX_OperatingSystem, 8 connections",
              "enumerate processes 1": "SCX_UnixProcess, 1 connection"}
    for name, title in titles.items():
        one = found[name]
        size = statistics.mean(each["bytes"] / each["requests"] for each in one["muster"])
        yield [title, number(middle(one, "muster", "rate")),
               f"{number(middle(one, 'muster', 'p50_us'))} / {number(middle(one, 'muster', 'p99_us'))}",
               number(middle(one, "muster", "server_us")), number(size / 1000)]


def memory_rows(found):
    for title, value in found.items():
        judged = not title.endswith(("open", "closed"))
        yield [title, f"{value / 1000:.1f} MB", f"≤ {MOST_PSS_KB / 1000:.0f} MB" if judged else "",
               verdict(value <= MOST_PSS_KB) if judged else ""]


def others_percent(rates):
    """Share of the cores that neither server nor load client had."""
    return report.median(each["others_percent"] for one in rates.values() for side in one.values() for each in side)


def execute_line(seconds):
    milliseconds = [1000 * each for each in seconds]
    p50, p99 = milliseconds[len(milliseconds) // 2], milliseconds[len(milliseconds) * 99 // 100]
    return (f"ExecuteCommand of `id`, its audit lines on disk: p50 {p50:.1f} ms, p99 {p99:.1f} ms of {len(seconds)} calls "
            f"(target ≤ {MOST_EXECUTE_MS} ms: {verdict(p50 <= MOST_EXECUTE_MS)}; kept connection, one after the other).\n")


def page(found, sizes, args):
    running = sum(1 for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit())
    poll = found["poll_seconds"] * 1000
    return "\n".join([
        "### The agent, beside nginx\n",
        f"{report.machine()}; medians of {args.repetitions} repetitions of {args.seconds:g} s, in turn; server and load "
        f"client share the cores; other work on the machine took {others_percent(found['rates']):.0f} % of them. A Get "
        f"has {sizes[0]} bytes, its answer {sizes[1]}; nginx serves that answer from a file with 2 workers and on kept "
        "connections asks for no client certificate.\n",
        report.table(["", "", "per s", "p50 / p99 µs", "server CPU µs", "client CPU µs", "of nginx", "target", ""],
                     compared_rows(found["rates"])),
        f"Enumerate, optimised ({running} processes on this machine):\n",
        report.table(["class", "per s", "p50 / p99 µs", "agent CPU µs", "answer kB"], enumerate_rows(found["rates"])),
        "Memory of the agent, all three processes together (PSS):\n",
        report.table(["when", "memory", "target", ""], memory_rows(found["memory_kb"])),
        f"CPU of the agent for one poll of all {len(wsman.CLASSES)} classes: {poll:.2f} ms (target ≤ {MOST_POLL_MS} ms: "
        f"{verdict(poll <= MOST_POLL_MS)}; kept connection, pauses between polls).\n",
        execute_line(found["execute_seconds"]),
    ])
