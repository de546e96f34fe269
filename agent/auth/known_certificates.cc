// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/auth/known_certificates.h"

#include <algorithm>
#include <utility>

namespace muster::auth {

std::optional<Principal> KnownCertificates::principal_of(const http::Peer& peer) {
  if (!peer.certificate) return std::nullopt;
  const auto found = std::find_if(known_.begin(), known_.end(), [&](const Known& known) {
    return known.certificate.get() == peer.certificate->get();
  });
  if (found != known_.end()) return found->principal;
  auto principal = Principal::from_certificate(peer);
  if (!principal) return std::nullopt;
  Known fresh{*peer.certificate, *principal};
  if (known_.size() < kMost) {
    known_.push_back(std::move(fresh));
  } else {
    known_[oldest_] = std::move(fresh);
    oldest_ = (oldest_ + 1) % kMost;
  }
  return principal;
}

}  // namespace muster::auth
