// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/watch_place.h"

#include <algorithm>
#include <ctime>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "agent/executor/watch_log.h"
#include "core/base/fd.h"
#include "core/base/folder.h"
#include "core/base/replace_file.h"

namespace muster::executor {
namespace {

constexpr std::string_view kPrefix = "/watch-";
constexpr std::string_view kEnding = ".place";

std::string path_of(const std::string& folder, const std::string& name) {
  return folder + std::string(kPrefix) + name + std::string(kEnding);
}

struct Found {
  std::time_t changed = 0;
  std::string path;
};

std::vector<Found> places(const std::string& folder) {
  std::vector<Found> found;
  for (const std::string& name : names_in(folder)) {
    const std::string path = std::string(folder).append("/").append(name);
    struct stat info {};
    if (path.ends_with(kEnding) && ::lstat(path.c_str(), &info) == 0) found.push_back({info.st_mtime, path});
  }
  return found;
}

}  // namespace

std::optional<LogState> load_place(const std::string& folder, const std::string& name,
                                   const std::string& file) {
  const auto text = read_file(path_of(folder, name), kMaxStateBytes);
  if (!text) return std::nullopt;
  auto state = parse_log_state(*text);
  if (!state || state->file != file || state->qid != name) return std::nullopt;
  return std::move(*state);
}

Result<void> save_place(const std::string& folder, const LogState& state) {
  return write_file_atomically(path_of(folder, state.qid), state_text(state), 0600);
}

void sweep_places(const std::string& folder, std::chrono::system_clock::time_point now) {
  remove_leftovers(folder, now);
  const auto limit = std::chrono::system_clock::to_time_t(now - kKept);
  auto all = places(folder);
  std::sort(all.begin(), all.end(), [](const Found& a, const Found& b) { return a.changed > b.changed; });
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i >= kMostPlaces || all[i].changed < limit) ::unlink(all[i].path.c_str());
  }
}

}  // namespace muster::executor
