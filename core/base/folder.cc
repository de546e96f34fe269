// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/folder.h"

#include <string_view>

#include <dirent.h>

#include "core/base/unique_handle.h"

namespace muster {

std::vector<std::string> names_in(const std::string& folder, std::size_t most) {
  std::vector<std::string> names;
  const UniqueHandle<DIR, [](DIR* open) { ::closedir(open); }> listing(::opendir(folder.c_str()));
  if (!listing) return names;
  while (names.size() < most) {
    const dirent* entry =
        ::readdir(listing.get());  // NOLINT(concurrency-mt-unsafe): the stream is ours alone
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

}  // namespace muster
