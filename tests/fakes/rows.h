// SPDX-License-Identifier: GPL-2.0-or-later
// What a provider says, as tests want to look at it. The provider must outlive its rows.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "providers/provider.h"

namespace muster::testing {

// Every instance. Throws what the provider failed with.
inline std::vector<cim::Instance> rows(Provider& provider) {
  std::vector<cim::Instance> seen;
  const auto done = provider.enumerate([&](cim::Instance instance) { seen.push_back(std::move(instance)); });
  if (!done) throw std::runtime_error(done.error().what);
  return seen;
}

inline std::uint64_t number(const cim::Instance& row, std::string_view property) {
  return std::get<std::uint64_t>(row.value(property));
}

inline const std::string& text(const cim::Instance& row, std::string_view property) {
  return std::get<std::string>(row.value(property));
}

inline bool is_null(const cim::Instance& row, std::string_view property) {
  return std::holds_alternative<std::monostate>(row.value(property));
}

// The row whose Name is as given; throws when there is none.
inline const cim::Instance& named(const std::vector<cim::Instance>& seen, std::string_view name) {
  for (const auto& row : seen) {
    if (text(row, "Name") == name) return row;
  }
  throw std::runtime_error("no row " + std::string(name));
}

}  // namespace muster::testing
