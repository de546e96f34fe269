// SPDX-License-Identifier: GPL-2.0-or-later
// A root, an issuing CA and leaves, made by the code under test as a management server makes them.
#pragma once

#include <string>
#include <vector>

#include "core/tls/issue.h"
#include "tests/core/tls/forge.h"

namespace muster::tls::testing {

struct Authority {
  explicit Authority(std::string_view name = "Test")
      : root_key(new_key()),
        root(value_of(make_root(root_key, std::string(name) + " root", kLong))),
        issuing_key(new_key()),
        issuing(value_of(make_issuing(issuing_key, std::string(name) + " issuing", root_key, root, kLong))) {}

  Certificate leaf(const Key& key, const std::vector<std::string>& names, Purpose purpose) const {
    const auto request = value_of(CertificateRequest::create(key, "ignored", names));
    return value_of(issue_leaf(request, names, LeafProfile{.purpose = purpose}, issuing_key, issuing));
  }
  Signer signer() const { return {&issuing_key, &issuing}; }

  static constexpr std::chrono::hours kLong{1000 * 24};
  Key root_key;
  Certificate root;
  Key issuing_key;
  Certificate issuing;
};

inline const Authority& our_authority() {
  static const Authority kAuthority;
  return kAuthority;
}

}  // namespace muster::tls::testing
