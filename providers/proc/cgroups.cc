// SPDX-License-Identifier: GPL-2.0-or-later
#include "providers/proc/cgroups.h"

#include <algorithm>

#include "providers/proc/text.h"

namespace muster::proc {
namespace {

// Groups are the folders. Each but the root holds cgroup.events; a file holds nothing.
void add_groups(const Host& host, const std::string& root, const std::string& parent, int depth,
                std::vector<std::string>& groups) {
  const auto names = host.list_folder(root + parent);
  if (!names) return;
  for (const auto& name : *names) {
    auto path = std::string(parent).append("/").append(name);
    if (groups.size() >= kMaxGroups) return;
    if (!host.read_start(root + path + "/cgroup.events", 256)) continue;
    groups.push_back(path);
    if (depth > 1) add_groups(host, root, path, depth - 1, groups);
  }
}

std::uint64_t value_in(std::string_view word, std::string_view key) {
  if (!word.starts_with(key)) return 0;
  return number<std::uint64_t>(word.substr(key.size())).value_or(0);
}

}  // namespace

std::optional<std::string> group_root(const Host& host) {
  for (const auto* root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    if (host.read_start(std::string(root) + "/cgroup.controllers", 256)) return root;
  }
  return std::nullopt;
}

std::vector<std::string> list_groups(const Host& host, const std::string& root) {
  std::vector<std::string> groups;
  add_groups(host, root, "", kMaxGroupDepth, groups);
  std::sort(groups.begin(), groups.end());
  return groups;
}

// MAJOR:MINOR rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6, a line for each device
GroupIo parse_group_io(std::string_view text) {
  GroupIo io;
  for (std::string_view line; next_line(text, line);) {
    for (std::string_view word; next_word(line, word);) {
      io.read_bytes += value_in(word, "rbytes=");
      io.written_bytes += value_in(word, "wbytes=");
    }
  }
  return io;
}

std::optional<std::uint64_t> parse_group_number(std::string_view text) {
  return number<std::uint64_t>(first_line(text));
}

}  // namespace muster::proc
