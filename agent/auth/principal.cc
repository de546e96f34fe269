// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/auth/principal.h"

namespace muster::auth {
namespace {

constexpr std::string_view kAccepted = "accepted";
constexpr std::string_view kRefused = "refused";

}  // namespace

std::optional<Principal> Principal::from_certificate(const http::Peer& peer) {
  if (!peer.certificate) return std::nullopt;
  return Principal("certificate:" + peer.certificate->sha256(), "certificate " + peer.certificate->subject());
}

std::optional<Principal> Principal::from_monitor(const ipc::Frame& authenticated) {
  if (authenticated.tag != ipc::Tag::authenticated || authenticated.fields.size() != 2) return std::nullopt;
  if (authenticated.fields[0] != kAccepted || authenticated.fields[1].empty()) return std::nullopt;
  return Principal("user:" + authenticated.fields[1], "user " + authenticated.fields[1]);
}

ipc::Frame authentication_answer(std::uint64_t id, bool accepted, const std::string& user) {
  return {ipc::Tag::authenticated, id, {std::string(accepted ? kAccepted : kRefused), user}};
}

}  // namespace muster::auth
