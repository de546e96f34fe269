// SPDX-License-Identifier: GPL-2.0-or-later
// Somebody whose identity was proved. There is no default identity and no way to make one but the two below,
// so a handler that takes a Principal cannot run for anybody else.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "agent/ipc/frame.h"
#include "core/http/message.h"

namespace muster::auth {

class Principal {
 public:
  // From a client certificate that the handshake verified; nullopt when there is none.
  static std::optional<Principal> from_certificate(const http::Peer& peer);
  // From the monitor's answer to an authentication; nullopt when it says no.
  static std::optional<Principal> from_monitor(const ipc::Frame& authenticated);

  // Unforgeable and stable: what is bound to a caller is bound to this.
  const std::string& key() const { return key_; }
  // For people: "user monitor" or "certificate CN=ms1".
  const std::string& words() const { return words_; }

 private:
  Principal(std::string key, std::string words) : key_(std::move(key)), words_(std::move(words)) {}
  std::string key_;
  std::string words_;
};

// The monitor's answer, made in one place so that both ends agree on it.
ipc::Frame authentication_answer(std::uint64_t id, bool accepted, const std::string& user);

}  // namespace muster::auth
