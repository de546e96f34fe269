// SPDX-License-Identifier: GPL-2.0-or-later
// The agent's configuration file: any bytes give a configuration within its ranges, or a complaint with a
// place.
// Dictionary  toml
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > std::size_t{64} * 1024) return 0;  // load_config reads no more than a bounded file
  const auto config = muster::agent::parse_config({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
  if (!config) {
    if (!config.error().what.starts_with("fuzz.toml:")) std::abort();
    return 0;
  }
  const bool sound = config->port != 0 && !config->listen.empty() && config->listen.size() <= 16 &&
                     !config->user.empty() && !config->pam_service.empty() && config->connections >= 1 &&
                     config->connections <= 10000 && config->connections_per_source >= 1;
  if (!sound) std::abort();
  for (const auto& grant : config->grants) {
    if (grant.users.empty() && grant.groups.empty() && grant.certificates.empty()) std::abort();
    if (grant.certificates.empty() != grant.run_as.empty()) std::abort();
    if (grant.run_as == "root" && !grant.allow_root) std::abort();
  }
  for (const auto& address : config->listen) {
    if (address.empty()) std::abort();
  }
  return 0;
}
