// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/os_release.h"

#include <utility>

#include "providers/proc/text.h"

namespace muster::proc {
namespace {

// A value is plain, or quoted as in a shell: within double quotes a backslash takes the next character as it
// is.
std::string unquoted(std::string_view value) {
  const bool quoted =
      value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
  const bool literal = quoted && value.front() == '\'';
  if (quoted) value = value.substr(1, value.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && !literal && i + 1 < value.size()) ++i;
    out.push_back(value[i]);
  }
  return out;
}

std::string* field_of(OsRelease& release, std::string_view key) {
  if (key == "NAME") return &release.name;
  if (key == "VERSION_ID") return &release.version_id;
  if (key == "ID") return &release.id;
  if (key == "ID_LIKE") return &release.id_like;
  return nullptr;
}

}  // namespace

OsRelease parse_os_release(std::string_view text) {
  OsRelease release;
  for (std::string_view line; next_line(text, line);) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    std::string* field = field_of(release, line.substr(0, equals));
    auto value = unquoted(line.substr(equals + 1));
    if (field != nullptr && !value.empty()) *field = std::move(value);
  }
  return release;
}

OsRelease read_os_release(const Host& host) {
  for (const auto* path : {"/etc/os-release", "/usr/lib/os-release"}) {
    if (const auto text = host.read_file(path)) return parse_os_release(*text);
  }
  return {};
}

bool is_like(const OsRelease& release, std::string_view family) {
  if (release.id == family) return true;
  std::string_view ancestors = release.id_like;
  for (std::string_view ancestor; next_word(ancestors, ancestor);) {
    if (ancestor == family) return true;
  }
  return false;
}

}  // namespace muster::proc
