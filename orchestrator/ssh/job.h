// SPDX-License-Identifier: GPL-2.0-or-later
// All that one worker is told: one host, how to reach it, with which keys, and what to run there.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/secret.h"

namespace muster {

struct LoginKey {
  std::string name;  // path, for messages
  Secret pem;
};

// Which host keys are taken. There is no rule that takes any key.
struct HostKeyRules {
  std::string pinned;              // "SHA256:..." or "type base64": then nothing else counts
  std::vector<std::string> files;  // known_hosts files, read by the worker
  bool accept_new = false;         // a host in none of the files is taken and reported; a changed key never
};

struct Job {
  std::string host;  // inventory name
  std::string address;
  std::uint16_t port = 22;
  std::string user;
  HostKeyRules host_keys;
  std::vector<LoginKey> keys;       // tried first
  std::string agent_socket;         // then the agent, if not empty
  std::vector<LoginKey> last_keys;  // then these
  Secret passphrase;                // for keys that are encrypted

  bool sudo = false;
  Secret sudo_password;  // empty: none given
  std::string mark;      // random word: begins every line of our protocol on the host

  std::string probe_script;   // run as the login user; prints key=value lines
  bool any_platform = false;  // the work is the same everywhere (restart, uninstall)
  std::string upload_script;  // run as the login user; takes the package on its input
  std::string root_script;
  std::uint64_t package_bytes = 0;  // 0: no package; its descriptor travels with the job
  std::string package_sha256;
  std::chrono::milliseconds deadline{300'000};
};

// The bytes hold secrets: wipe them after use.
std::string encode_job(const Job& job);
Result<Job> decode_job(std::string_view body);

}  // namespace muster
