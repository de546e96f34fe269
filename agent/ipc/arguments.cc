// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/ipc/arguments.h"

#include <charconv>
#include <cstddef>

namespace muster::ipc {

void append_arguments(std::vector<std::string>& out, const cim::Arguments& arguments) {
  for (const cim::Argument& each : arguments) {
    out.push_back(each.name);
    out.push_back(std::to_string(each.values.size()));
    out.insert(out.end(), each.values.begin(), each.values.end());
  }
}

Result<cim::Arguments> parse_arguments(std::span<const std::string> fields) {
  cim::Arguments arguments;
  while (!fields.empty()) {
    std::size_t count = 0;
    const std::string digits = fields.size() > 1 ? fields[1] : "";
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    const bool number = !digits.empty() && error == std::errc() && stop == digits.data() + digits.size();
    if (!number || count > fields.size() - 2) return fail(Errc::malformed, "arguments: not in their form");
    const auto values = fields.subspan(2, count);
    arguments.push_back({fields[0], {values.begin(), values.end()}});
    fields = fields.subspan(2 + count);
  }
  return arguments;
}

}  // namespace muster::ipc
