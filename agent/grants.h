// SPDX-License-Identifier: GPL-2.0-or-later
// Who may have something done on this host, and as which account: the [[grant]] tables of agent.toml, and the pure
// decision over them. Nothing is granted by default.
//
// Errors  denied: with the missing grant in words, for the caller to read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace muster::agent {

// Each includes those before it.
enum class Role : std::uint8_t {
  operate,     // "operator": read log files
  administer,  // "admin": run commands and scripts
};
std::string_view to_string(Role role);

struct Grant {
  Role role = Role::operate;
  std::vector<std::string> users;         // they act as themselves
  std::vector<std::string> groups;        // their members act as themselves
  std::vector<std::string> certificates;  // SHA-256 in hexadecimal, or the subject; they act as run_as
  std::string run_as;
  bool allow_root = false;  // whether the account acted as may be root

  friend bool operator==(const Grant&, const Grant&) = default;
};

// Somebody whose identity was proved.
struct Asker {
  bool certificate = false;
  std::string name;                 // of the user; of a certificate its SHA-256
  std::string subject;              // of a certificate
  std::vector<std::string> groups;  // of a user, by name
};

struct Permission {
  std::string account;  // to act as
  bool allow_root = false;
};

// The first grant that fits counts.
Result<Permission> decide(const std::vector<Grant>& grants, const Asker& asker, Role needed);

// Whether the account that was found under the permission's name may be acted as.
Result<void> check_account(const Permission& permission, unsigned uid);

// "AA:BB..." or "aabb..." as 64 lower-case digits; empty for anything else, which then is a subject.
std::string fingerprint_of(std::string_view text);

}  // namespace muster::agent
