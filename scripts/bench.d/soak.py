# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the agent's memory stays where it is: over 100,000 requests, and after a burst of 256 connections."""
import statistics
import time

STEPS = 20
STEP_REQUESTS = 5_000
SETTLE_SECONDS = 6  # longer than the agent waits before it gives back what it does not use
TIDY_SECONDS = 2  # after the last request it lets go of code that was needed once, which comes and goes
BURST_CONNECTIONS = 256


def slope(samples):
    """Least squares through (requests, kB): kB for each 10,000 requests."""
    fit = statistics.linear_regression([requests for requests, _ in samples], [size for _, size in samples])
    return fit.slope * 10_000


def measured(agent, load, burst):
    """`load(requests)` sends that many of all classes; `burst(connections)` says what PSS was along its life."""
    load(STEP_REQUESTS)  # every class has been asked for: from here on nothing new is to come
    time.sleep(SETTLE_SECONDS)
    base = agent.pss_kb()
    samples = []
    for step in range(1, STEPS + 1):
        load(STEP_REQUESTS)
        time.sleep(TIDY_SECONDS)
        samples.append((step * STEP_REQUESTS, agent.pss_kb()))
    time.sleep(SETTLE_SECONDS)
    quiet = agent.pss_kb()
    after = burst(BURST_CONNECTIONS)["later"]
    return {"samples": samples, "slope_kb": slope(samples), "base_kb": base, "quiet_kb": quiet, "after_burst_kb": after,
            "peak_kb": max(size for _, size in samples)}
