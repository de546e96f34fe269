// SPDX-License-Identifier: GPL-2.0-or-later
// Where events may be sent to: what the administrator wrote down, and nothing else.
#pragma once

#include <string>
#include <vector>

#include "core/wsman/subscribe_wish.h"

namespace muster::courier {

class Destinations {
 public:
  // Entries are "host:port", as the configuration has checked them.
  explicit Destinations(const std::vector<std::string>& entries);
  // Host names are compared without case, addresses as they are written.
  bool allow(const wsman::SinkAddress& sink) const;
  bool allow(const std::string& address) const;

 private:
  std::vector<wsman::SinkAddress> all_;
};

}  // namespace muster::courier
