// SPDX-License-Identifier: GPL-2.0-or-later
// The agent's configuration, /etc/muster/agent.toml. Every key has a default; an unknown key is an error with
// its line, so that a typing error does not silently mean "default".
//
// Units   seconds and bytes as the names say.
// Errors  not_found, denied, malformed ("FILE:LINE:COLUMN: what").
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/grants.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/http/early_drop.h"
#include "core/http/penalties.h"

namespace muster::agent {

// Names below Config::run_folder.
inline constexpr char kPidFile[] = "/agent.pid";  // the monitor's process id, for everybody to read
inline constexpr char kLockFile[] =
    "/agent.lock";  // held for as long as the agent runs; nobody else may open it

// Below Config::state_folder: where events are kept until they are delivered.
inline constexpr char kEventFolder[] = "/events";

inline constexpr char kDefaultConfig[] = "/etc/muster/agent.toml";

struct Config {
  std::vector<std::string> listen = {"*"};  // addresses; "*" is every address of IPv6 and IPv4
  std::uint16_t port = 1270;
  std::string user = "muster";  // whom front and provider host run as
  std::string tls_folder = "/etc/muster/tls";
  std::string run_folder = "/run/muster-agent";
  log::Level log_level = log::Level::info;
  bool basic = true;  // Basic authentication through PAM
  bool basic_allow_root = false;
  std::string pam_service = "muster";
  std::size_t connections = 256;
  std::size_t connections_per_source = 64;
  std::size_t connections_reserved = 8;  // for peers with a client certificate; at most half of `connections`
  http::EarlyDrop early_drop{32, 30, 64};      // of connections that have not authenticated
  std::size_t memory_mb = 192;                 // of front, provider host and courier each
  std::chrono::seconds busy{30};               // a whole core for so long and nothing done: replaced
  std::chrono::seconds provider{5};            // a provider that is silent for so long hangs
  bool penalties = true;                       // per source, for failed logins and connections without one
  std::vector<std::string> penalties_exempt;   // addresses
  std::vector<std::string> certificate_files;  // whose certificates are watched
  std::string state_folder = "/var/lib/muster-agent";
  std::vector<Grant> grants;  // who may have something done; nobody by default
  std::vector<std::string>
      event_destinations;  // "host:port" that events may be sent to; none: nothing is sent
};

http::PenaltyRules penalty_rules(const Config& config);

Result<Config> parse_config(std::string_view text, const std::string& file);
// A missing file gives the defaults when `path` is the default path, else not_found.
Result<Config> load_config(const std::string& path);

}  // namespace muster::agent
