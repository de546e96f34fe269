// SPDX-License-Identifier: GPL-2.0-or-later
// The monitor's memory of whom it has let in with a password lately. Its answer to a login carries a ticket; an order
// to act as that user has to bring it back. So a front that was taken over can act for users who log in while it is,
// and for nobody else.
//
// Limits   kMost tickets, the oldest goes first; each is good for kLife.
// Threads  the monitor's one.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>

#include "core/base/error.h"
#include "core/base/secret.h"

namespace muster::agent {

class Tickets {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMost = 1024;
  static constexpr std::chrono::seconds kLife{120};  // a login, and all that a request may take

  // 32 hexadecimal digits from the kernel's generator.
  Result<std::string> issue(const std::string& user, Time now);
  bool is_good(const std::string& ticket, const std::string& user, Time now) const;
  void clear() { issued_.clear(); }

 private:
  struct Issued {
    Secret ticket;
    std::string user;
    Time until;
  };
  std::deque<Issued> issued_;
};

}  // namespace muster::agent
