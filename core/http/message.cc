// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/http/message.h"

#include <algorithm>

namespace muster::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// RFC 9112 section 3.2.2: an absolute form has to be understood. Without a path it means "/".
std::string_view without_authority(std::string_view target) {
  const auto scheme = target.find("://");
  if (scheme == std::string_view::npos) return {};
  const auto name = target.substr(0, scheme);
  if (!same_name(name, "https") && !same_name(name, "http")) return {};
  target.remove_prefix(scheme + 3);
  const auto end = target.find_first_of("/?#");
  if (end == 0) return {};  // no host
  if (end == std::string_view::npos || target[end] != '/') return "/";
  return target.substr(end);
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view path_of(std::string_view target) {
  if (!target.starts_with('/')) target = without_authority(target);
  return target.substr(0, target.find('?'));
}

const std::string* find_field(const std::vector<Field>& fields, std::string_view name) {
  const auto found =
      std::ranges::find_if(fields, [name](const Field& f) { return same_name(f.first, name); });
  return found == fields.end() ? nullptr : &found->second;
}

}  // namespace muster::http
