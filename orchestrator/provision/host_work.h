// SPDX-License-Identifier: GPL-2.0-or-later
// What is wanted of one host and what became known of it, as steps on the management server see it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/http/loop.h"
#include "core/tls/context.h"
#include "orchestrator/ca/authority.h"
#include "orchestrator/inventory/inventory.h"
#include "orchestrator/provision/facts.h"
#include "orchestrator/store/store.h"

namespace muster {

struct HostWork {
  HostEntry entry;
  std::string user;  // login user
  std::uint16_t agent_port = 1270;
  std::vector<std::string> certificate_names;  // the first is the one that polling expects

  Facts facts;           // the probe's and the root script's
  std::string host_key;  // fingerprint of the SSH host key
  std::string agent_version;
  std::map<std::string, std::string> notes;  // step -> what is worth saying of it although it went well
};

// Every reference outlives the run.
struct ServerSide {
  http::Loop& loop;
  const Authority* authority;            // null: a journey without certificates
  std::shared_ptr<tls::Context> client;  // for the agent's port; null without authority
  Store& store;
};

// The names that a host's certificate must carry: its inventory name, then its address.
std::vector<std::string> certificate_names(const HostEntry& entry);

}  // namespace muster
