// SPDX-License-Identifier: GPL-2.0-or-later
// Polls one host, class after class, over its session.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "orchestrator/poll/agent_session.h"
#include "orchestrator/poll/reading.h"

namespace muster {

struct PollPlan {
  std::vector<std::string> classes;
  std::chrono::milliseconds class_deadline{10'000};
};

// Where the agent of a registered host is, and which name its certificate must carry.
http::Endpoint endpoint_of(const HostRecord& host);

// A class that the agent refuses is noted and the next one asked for; a dead path ends the poll. `plan` is
// copied; the session must not be used otherwise until `done`, which is called once, or never when the
// session is gone.
void poll_host(AgentSession& session, const std::string& host, const PollPlan& plan,
               std::function<void(Reading)> done);

// All hosts at once, at most `concurrency` at the same time; readings are in the order of the hosts.
std::vector<Reading> poll_once(const std::vector<HostRecord>& hosts,
                               const std::shared_ptr<tls::Context>& context, const PollPlan& plan,
                               std::size_t concurrency = 200);

}  // namespace muster
