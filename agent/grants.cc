// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/grants.h"

#include <algorithm>

namespace muster::agent {
namespace {

constexpr std::size_t kFingerprintDigits = 64;

bool holds(const std::vector<std::string>& list, const std::string& what) {
  return std::find(list.begin(), list.end(), what) != list.end();
}

bool names_certificate(const Grant& grant, const Asker& asker) {
  return std::any_of(grant.certificates.begin(), grant.certificates.end(), [&](const std::string& each) {
    const std::string fingerprint = fingerprint_of(each);
    return fingerprint.empty() ? each == asker.subject : fingerprint == asker.name;
  });
}

bool fits(const Grant& grant, const Asker& asker) {
  if (asker.certificate) return names_certificate(grant, asker);
  return holds(grant.users, asker.name) ||
         std::any_of(asker.groups.begin(), asker.groups.end(),
                     [&](const std::string& group) { return holds(grant.groups, group); });
}

}  // namespace

std::string_view to_string(Role role) {
  return role == Role::operate ? "operator" : "admin";
}

std::string fingerprint_of(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c == ':') continue;
    const bool upper = c >= 'A' && c <= 'F';
    const bool lower = (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9');
    if (!upper && !lower) return {};
    digits.push_back(upper ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return digits.size() == kFingerprintDigits ? digits : std::string();
}

Result<Permission> decide(const std::vector<Grant>& grants, const Asker& asker, Role needed) {
  for (const Grant& grant : grants) {
    if (grant.role < needed || !fits(grant, asker)) continue;
    return Permission{asker.certificate ? grant.run_as : asker.name, grant.allow_root};
  }
  const std::string who = asker.certificate ? "certificate " + asker.subject : "user " + asker.name;
  return fail(Errc::denied, who + ": no [[grant]] in agent.toml gives the role " +
                                std::string(to_string(needed)) + " that this needs");
}

Result<void> check_account(const Permission& permission, unsigned uid) {
  if (uid != 0 || permission.allow_root) return {};
  return fail(Errc::denied,
              permission.account + ": the [[grant]] in agent.toml does not let this be done as root");
}

}  // namespace muster::agent
