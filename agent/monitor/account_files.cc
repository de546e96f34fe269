// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/account_files.h"

#include <algorithm>

#include <sys/stat.h>

namespace muster::agent {

AccountStamp stamp_of(const std::array<std::string, 3>& files) {
  AccountStamp stamp;
  for (std::size_t i = 0; i < files.size(); ++i) {
    struct stat found {};
    if (::stat(files.at(i).c_str(), &found) != 0) continue;
    // The later of the two times: a tool may set the time of modification back, never the other.
    const auto nanoseconds = [](const timespec& time) {
      return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
    };
    stamp.at(i) = {found.st_dev, found.st_ino, found.st_size,
                   std::max(nanoseconds(found.st_mtim), nanoseconds(found.st_ctim))};
  }
  return stamp;
}

}  // namespace muster::agent
