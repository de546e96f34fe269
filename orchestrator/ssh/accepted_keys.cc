// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/ssh/accepted_keys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/replace_file.h"
#include "orchestrator/ssh/known_hosts.h"

namespace muster {
namespace {

// A last line that was cut off gets its end first, so that the new one is a line.
Result<void> append_line(const std::string& path, const std::string& line) {
  const Fd file(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return fail(errno_error(path));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return fail(errno_error(path));
  char last = '\n';
  if (status.st_size > 0 && ::pread(file.get(), &last, 1, status.st_size - 1) != 1) {
    return fail(errno_error(path));
  }
  if (auto written = write_all(file.get(), path, last == '\n' ? line : "\n" + line); !written) return written;
  if (::fsync(file.get()) != 0) return fail(errno_error(path));
  return status.st_size == 0 ? sync_folder_of(path) : Result<void>{};
}

}  // namespace

Result<void> record_host_key(const std::string& file, const std::string& address, std::uint16_t port,
                             const std::string& key) {
  const auto line = known_hosts_name(address, port) + " " + key + "\n";
  if (line.find('\n') != line.size() - 1) return fail(Errc::malformed, "the key is not one line");
  return append_line(file, line);
}

}  // namespace muster
