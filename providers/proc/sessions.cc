// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/sessions.h"

#include <cstring>

#include "providers/proc/text.h"

namespace muster::proc {
namespace {

constexpr std::size_t kRecordBytes = 384;
constexpr std::int16_t kUserProcess = 7;

bool has_line(std::string_view text, std::string_view wanted) {
  for (std::string_view line; next_line(text, line);) {
    if (line == wanted) return true;
  }
  return false;
}

bool is_user_session(const Host& host, const std::string& name) {
  const auto text = host.read_file("/run/systemd/sessions/" + name, 4096);
  return text && has_line(*text, "CLASS=user") && !has_line(*text, "STATE=closing");
}

}  // namespace

std::uint64_t count_utmp_sessions(std::string_view utmp) {
  std::uint64_t count = 0;
  for (; utmp.size() >= kRecordBytes; utmp.remove_prefix(kRecordBytes)) {
    std::int16_t type = 0;
    std::memcpy(&type, utmp.data(), sizeof type);
    if (type == kUserProcess) ++count;
  }
  return count;
}

std::uint64_t count_sessions(const Host& host) {
  if (const auto utmp = host.read_file("/run/utmp")) return count_utmp_sessions(*utmp);
  const auto names = host.list_folder("/run/systemd/sessions");
  if (!names) return 0;
  std::uint64_t count = 0;
  for (const auto& name : *names) {
    if (is_user_session(host, name)) ++count;
  }
  return count;
}

}  // namespace muster::proc
