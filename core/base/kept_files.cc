// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/kept_files.h"

#include <algorithm>
#include <atomic>
#include <cerrno>

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

namespace muster {
namespace {

// How many forks lie between the program's start and this process: getpid(2) would be a call for each reading.
std::atomic<unsigned> forks_so_far{0};

unsigned count_forks() {
  static const int kWatching = ::pthread_atfork(nullptr, nullptr, [] { ++forks_so_far; });
  static_cast<void>(kWatching);  // fails without memory alone
  return forks_so_far;
}

}  // namespace

KeptFiles::KeptFiles() : forks_(count_forks()) {}

std::size_t KeptFiles::place_of(std::string_view path) {
  const auto found = std::find(kPaths.begin(), kPaths.end(), path);
  return found == kPaths.end() ? kNone : static_cast<std::size_t>(found - kPaths.begin());
}

Result<std::string> KeptFiles::read(std::size_t place, std::size_t limit) {
  const std::scoped_lock lock(mutex_);
  if (const unsigned forks = count_forks(); forks_ != forks) {
    for (Fd& file : files_) static_cast<void>(file.release());  // another process's numbers
    forks_ = forks;
  }
  Fd& file = files_.at(place);
  const auto path = kPaths.at(place);
  if (!file) file.reset(::open(std::string(path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return fail(errno_error(path));
  std::string content;
  MUSTER_NOT_CLEARED char block[16384];
  for (;;) {
    const ssize_t got = ::pread(file.get(), block, sizeof block, static_cast<off_t>(content.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(errno_error(path));
    if (got == 0) return content;
    if (content.size() + static_cast<std::size_t>(got) > limit) {
      return fail(Errc::malformed, std::string(path) + ": larger than " + std::to_string(limit) + " bytes");
    }
    content.append(block, static_cast<std::size_t>(got));
    if (in_one_piece(place) && static_cast<std::size_t>(got) < sizeof block) return content;
  }
}

}  // namespace muster
