// SPDX-License-Identifier: GPL-2.0-or-later
// Somebody whose identity was proved. There is no default identity and no way to make one but the two below,
// so a handler that takes a Principal cannot run for anybody else.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "agent/ipc/frame.h"
#include "agent/ipc/run_order.h"
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
  // For the monitor, when it is to act for this caller; the source address is the request's to add.
  const std::shared_ptr<const ipc::Caller>& caller() const { return caller_; }

 private:
  Principal(std::string key, ipc::Caller caller)
      : key_(std::move(key)),
        words_(ipc::words_of(caller)),
        caller_(std::make_shared<const ipc::Caller>(std::move(caller))) {}
  std::string key_;
  std::string words_;
  std::shared_ptr<const ipc::Caller> caller_;  // every request copies its principal
};

// What the key of a principal tells of its caller: all but the proof. For what goes on when the caller has gone.
std::optional<ipc::Caller> caller_of_key(const std::string& key);

// The monitor's answer, made in one place so that both ends agree on it. The ticket is what lets the monitor know
// its own word again when it is asked to act for the user (agent/monitor/tickets.h).
ipc::Frame authentication_answer(std::uint64_t id, bool accepted, const std::string& user,
                                 const std::string& ticket = {});

}  // namespace muster::auth
