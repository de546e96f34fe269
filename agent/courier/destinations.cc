// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/destinations.h"

#include <algorithm>

#include <strings.h>

namespace muster::courier {

Destinations::Destinations(const std::vector<std::string>& entries) {
  for (const std::string& entry : entries) {
    if (auto sink = wsman::parse_sink("https://" + entry)) all_.push_back(std::move(*sink));
  }
}

bool Destinations::allow(const wsman::SinkAddress& sink) const {
  return std::any_of(all_.begin(), all_.end(), [&](const wsman::SinkAddress& each) {
    return each.port == sink.port && ::strcasecmp(each.host.c_str(), sink.host.c_str()) == 0;
  });
}

bool Destinations::allow(const std::string& address) const {
  const auto sink = wsman::parse_sink(address);
  return sink && allow(*sink);
}

}  // namespace muster::courier
