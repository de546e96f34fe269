// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/auth/principal.h"

namespace muster::auth {
namespace {

constexpr std::string_view kAccepted = "accepted";
constexpr std::string_view kRefused = "refused";
constexpr std::string_view kOfCertificate = "certificate:";
constexpr std::string_view kOfUser = "user:";

}  // namespace

std::optional<Principal> Principal::from_certificate(const http::Peer& peer) {
  if (!peer.certificate) return std::nullopt;
  const std::string fingerprint = peer.certificate->sha256();
  return Principal(std::string(kOfCertificate) + fingerprint,
                   {ipc::Caller::Kind::certificate, fingerprint, peer.certificate->subject(), {}});
}

std::optional<Principal> Principal::from_monitor(const ipc::Frame& authenticated) {
  if (authenticated.tag != ipc::Tag::authenticated || authenticated.fields.size() != 3) return std::nullopt;
  if (authenticated.fields[0] != kAccepted || authenticated.fields[1].empty()) return std::nullopt;
  const std::string& user = authenticated.fields[1];
  return Principal(std::string(kOfUser) + user, {ipc::Caller::Kind::user, user, authenticated.fields[2], {}});
}

std::optional<ipc::Caller> caller_of_key(const std::string& key) {
  for (const auto& [prefix, kind] : {std::pair(kOfCertificate, ipc::Caller::Kind::certificate),
                                     std::pair(kOfUser, ipc::Caller::Kind::user)}) {
    if (key.size() > prefix.size() && key.starts_with(prefix)) {
      return ipc::Caller{kind, key.substr(prefix.size()), {}, {}};
    }
  }
  return std::nullopt;
}

ipc::Frame authentication_answer(std::uint64_t id, bool accepted, const std::string& user,
                                 const std::string& ticket) {
  return {ipc::Tag::authenticated, id, {std::string(accepted ? kAccepted : kRefused), user, ticket}};
}

}  // namespace muster::auth
