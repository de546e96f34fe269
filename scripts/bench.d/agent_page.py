# SPDX-License-Identifier: GPL-2.0-or-later
"""What was measured of the agent, as a page of tables with the targets beside them."""
import pathlib
import statistics

import polls
import report
from report import number, verdict

MOST_PSS_KB = 8000
MOST_POLL_MS = 1.5
MOST_EXECUTE_MS = 20
MOST_ENUMERATION_MS = 60
MOST_SLOPE_KB = 10      # for each 10,000 requests: what a leak of one byte a request would show
MOST_LEFT_KB = 500      # of a burst of connections, 10 s after it


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


def rates_section(found):
    running = sum(1 for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit())
    return [report.table(["", "", "per s", "p50 / p99 µs", "server CPU µs", "client CPU µs", "of nginx", "target", ""],
                         compared_rows(found)),
            f"Enumerate, optimised ({running} processes on this machine):\n",
            report.table(["class", "per s", "p50 / p99 µs", "agent CPU µs", "answer kB"], enumerate_rows(found))]


def judged(title, value, most, unit, digits=1):
    """A row of what | measured | target | verdict; less is better."""
    return [title, f"{value:,.{digits}f} {unit}", f"≤ {most:g} {unit}", verdict(value <= most)]


def judged_table(rows):
    return report.table(["", "measured", "target", ""], rows)


def polls_section(found):
    milliseconds = {name: seconds * 1000 for name, seconds in found["each"].items()}
    rows = [judged(f"one poll of the {len(polls.STATISTICS)} classes of statistics", found["statistics"] * 1000,
                   MOST_POLL_MS, "ms", 2),
            ["one poll of the 7 classes of earlier tables, processes among them", f"{found['classes'] * 1000:.2f} ms", "",
             ""]]
    rows += [[f"... {name} alone", f"{value:.2f} ms", "", ""] for name, value in milliseconds.items()]
    return ["CPU of the agent for one poll (kept connection, pauses between polls):\n", judged_table(rows)]


def processes_section(found):
    rows = [judged(f"wall time of enumerating {found['rows']:,.0f} processes, {found['bytes'] / 1e6:.0f} MB",
                   found["wall"] * 1000, MOST_ENUMERATION_MS, "ms", 0),
            ["CPU of the agent for it", f"{found['cpu'] * 1000:,.0f} ms", "", ""],
            ["... for each process", f"{found['cpu'] / found['rows'] * 1e6:.1f} µs", "", ""],
            ["CPU of a program that only reads the same files of /proc", f"{found['reading'] * 1000:,.0f} ms", "", ""],
            ["memory of the agent right after it (PSS)", f"{found['pss_kb'] / 1000:.1f} MB", "", ""]]
    return ["A machine with ten thousand processes, all asked for in pages of 512,000 octets:\n", judged_table(rows)]


def execution_section(found):
    milliseconds = [1000 * each for each in found]
    rows = [judged(f"ExecuteCommand of id, median of {len(found)}", milliseconds[len(found) // 2], MOST_EXECUTE_MS, "ms"),
            ["... 99 of 100 within", f"{milliseconds[len(found) * 99 // 100]:.1f} ms", "", ""]]
    return ["Commands, one after the other on a kept connection, with two durable lines in the audit log each:\n",
            judged_table(rows)]


def memory_section(found):
    return ["Memory of the agent, all three processes together (PSS):\n",
            report.table(["when", "memory", "target", ""], memory_rows(found))]


def soak_section(found):
    left = found["after_burst_kb"] - found["quiet_kb"]
    rows = [judged("growth for each 10,000 requests, by least squares over 100,000", found["slope_kb"], MOST_SLOPE_KB,
                   "kB"),
            judged("largest on the way", found["peak_kb"] / 1000, MOST_PSS_KB / 1000, "MB"),
            judged("more than before, 10 s after 256 connections", left, MOST_LEFT_KB, "kB", 0),
            ["before the first, after the last request, after the burst",
             " / ".join(f"{found[name] / 1000:.1f}" for name in ("base_kb", "quiet_kb", "after_burst_kb")) + " MB", "",
             ""]]
    return ["Memory (PSS) over 100,000 requests of all classes on 8 connections:\n", judged_table(rows)]


# One for each of agent.PARTS.
SECTIONS = {"rates": rates_section, "polls": polls_section, "processes": processes_section,
            "execution": execution_section, "memory": memory_section, "soak": soak_section}


def page(found, sizes, args):
    busy = f"; other work on the machine took {others_percent(found['rates']):.0f} % of them" if "rates" in found else ""
    lines = ["### The agent, beside nginx\n",
             f"{report.machine()}; rates are medians of {args.repetitions} repetitions of {args.seconds:g} s, in turn; "
             f"server and load client share the cores{busy}. A Get has {sizes[0]} bytes, its answer {sizes[1]}; nginx "
             "serves that answer from a file with 2 workers and on kept connections asks for no client certificate.\n"]
    for name, figures in found.items():
        lines += SECTIONS[name](figures)
    return "\n".join(lines)
