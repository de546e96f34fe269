# SPDX-License-Identifier: GPL-2.0-or-later
"""CPU of the agent for one poll, as polls with a pause between them cost it."""
import time

import wsman

POLLS = 100
POLLS_OF_ONE = 20
PAUSE_SECONDS = 0.05
# What a poll of all statistics asks for, and the classes that earlier tables were measured with.
STATISTICS = ("SCX_OperatingSystem", "SCX_MemoryStatisticalInformation", "SCX_ProcessorStatisticalInformation",
              "SCX_FileSystemStatisticalInformation", "SCX_DiskDriveStatisticalInformation",
              "SCX_EthernetPortStatistics", "SCX_Agent")
SETS = {"statistics": STATISTICS, "classes": wsman.CLASSES}


def seconds_of(agent, client, classes, polls=POLLS):
    """CPU seconds of one poll of these classes: an Enumerate of each on one kept connection."""
    requests = [wsman.enumerate_request(name) for name in classes]
    for body in requests:
        client.expect(body, "EnumerateResponse")
    before = agent.cpu_seconds()
    for _ in range(polls):
        for body in requests:
            client.post(body)
        time.sleep(PAUSE_SECONDS)
    return (agent.cpu_seconds() - before) / polls


def measured(agent, client):
    found = {name: seconds_of(agent, client, classes) for name, classes in SETS.items()}
    # One class at a time: where a poll's CPU goes.
    names = dict.fromkeys(STATISTICS + wsman.CLASSES)
    found["each"] = {name: seconds_of(agent, client, [name], POLLS_OF_ONE) for name in names}
    return found
