// SPDX-License-Identifier: GPL-2.0-or-later
// Principals of the connections that asked lately: a certificate's fingerprint and subject are worked out once
// for a connection, not for each of its requests.
//
// Limits     kMost certificates; one more takes the place of the one that has been there longest.
// Ownership  shares the certificates, so that no other one can come to lie at the address of one in the list.
// Threads    one.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "agent/auth/principal.h"
#include "core/http/message.h"

namespace muster::auth {

class KnownCertificates {
 public:
  static constexpr std::size_t kMost = 16;

  // As Principal::from_certificate().
  std::optional<Principal> principal_of(const http::Peer& peer);

 private:
  struct Known {
    tls::Certificate certificate;
    Principal principal;
  };
  std::vector<Known> known_;
  std::size_t oldest_ = 0;
};

}  // namespace muster::auth
