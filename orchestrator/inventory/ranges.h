// SPDX-License-Identifier: GPL-2.0-or-later
// Host patterns of inventory lines: "web[01:20]", "db-[a:f]", "n[1:9:2].example", "gate:2222",
// "[2001:db8::1]:22".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace muster {

struct HostPattern {
  std::vector<std::string> names;  // leftmost range varies slowest; each satisfies is_host_name()
  std::optional<std::uint16_t> port;
};

// Errors: malformed, with a `what` that names the pattern but no position.
Result<HostPattern> expand_host_pattern(std::string_view pattern, std::size_t most_names);

// Decimal, no sign, no leading zero, 1 to 65535.
std::optional<std::uint16_t> read_port(std::string_view text);

}  // namespace muster
