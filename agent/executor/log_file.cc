// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/executor/log_file.h"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/folder.h"
#include "core/tls/digest.h"

namespace muster::executor {
namespace {

constexpr std::size_t kMaxSiblings = 64;      // the youngest
constexpr std::size_t kMaxCandidates = 4096;  // that are looked at

struct Candidate {
  std::string name;
  std::int64_t changed = 0;  // nanoseconds
};

std::int64_t changed_at(const struct stat& state) {
  return state.st_mtim.tv_sec * std::int64_t{1'000'000'000} + state.st_mtim.tv_nsec;
}

// "syslog.1", "syslog-20261121", "syslog-20261121.2" beside "syslog".
bool is_rotated_name(std::string_view name, std::string_view base) {
  if (!name.starts_with(base) || name.size() < base.size() + 2) return false;
  const std::string_view rest = name.substr(base.size());
  return (rest[0] == '.' || rest[0] == '-') &&
         rest.find_first_not_of("0123456789.-_T") == std::string_view::npos;
}

std::vector<Candidate> rotated_names(const std::string& folder, std::string_view base) {
  std::vector<Candidate> found;
  for (const std::string& name : names_in(folder)) {
    struct stat state {};
    if (!is_rotated_name(name, base)) continue;
    if (::stat(std::string(folder).append("/").append(name).c_str(), &state) != 0) continue;
    found.push_back({name, changed_at(state)});
    if (found.size() == kMaxCandidates) break;
  }
  std::sort(found.begin(), found.end(),
            [](const Candidate& a, const Candidate& b) { return a.changed < b.changed; });
  if (found.size() > kMaxSiblings) found.erase(found.begin(), found.end() - kMaxSiblings);
  return found;
}

}  // namespace

Result<LogFile> open_log(const std::string& path) {
  LogFile file;
  file.fd = Fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.fd) return fail(errno_error(path));
  struct stat state {};
  if (::fstat(file.fd.get(), &state) != 0) return fail(errno_error(path));
  if (!S_ISREG(state.st_mode)) return fail(Errc::malformed, path + ": is not a regular file");
  file.device = state.st_dev;
  file.inode = state.st_ino;
  file.size = static_cast<std::uint64_t>(state.st_size);
  file.changed = changed_at(state);
  return file;
}

Result<std::string> octets_at(const LogFile& file, std::uint64_t at, std::size_t most) {
  std::string octets(most, '\0');
  std::size_t have = 0;
  while (have < most) {
    const ssize_t got =
        ::pread(file.fd.get(), octets.data() + have, most - have, static_cast<off_t>(at + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(errno_error("log file"));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  octets.resize(have);
  return octets;
}

Result<std::string> fingerprint(const LogFile& file, std::uint64_t offset) {
  if (offset == 0) return std::string();
  const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(offset, kMarkOctets));
  auto first = octets_at(file, 0, length);
  auto last = octets_at(file, offset - length, length);
  if (!first || !last) return fail(!first ? first.error() : last.error());
  return tls::sha256_of(*first + *last);
}

std::vector<LogFile> rotated_files(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  std::vector<LogFile> files;
  for (const auto& [name, changed] : rotated_names(folder, path.substr(slash + 1))) {
    if (auto file = open_log(std::string(folder).append("/").append(name))) files.push_back(std::move(*file));
  }
  std::sort(files.begin(), files.end(),
            [](const LogFile& a, const LogFile& b) { return a.changed < b.changed; });
  return files;
}

}  // namespace muster::executor
