// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/message.h"

#include <algorithm>

namespace muster::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

const std::string* find_field(const std::vector<Field>& fields, std::string_view name) {
  const auto found =
      std::ranges::find_if(fields, [name](const Field& f) { return same_name(f.first, name); });
  return found == fields.end() ? nullptr : &found->second;
}

}  // namespace muster::http
