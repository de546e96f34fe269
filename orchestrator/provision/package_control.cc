// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/provision/package_control.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/log.h"

namespace muster {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{30};
constexpr std::size_t kMostBytes = 4096;
constexpr std::string_view kComplaint = "dpkg-deb: error: ";

// A child whose standard output and error are read here; killed and waited for at the end.
class Reader {
 public:
  explicit Reader(pid_t process, Fd output) : process_(process), output_(std::move(output)) {}
  ~Reader() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    end();
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  Reader(Reader&&) = delete;
  Reader& operator=(Reader&&) = delete;

  // False when time is over.
  bool read(std::string& text) const {
    const auto until = steady_clock::now() + kPatience;
    std::array<char, 1024> block{};
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - steady_clock::now());
      pollfd wait{output_.get(), POLLIN, 0};
      if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) != 1) return false;
      const ssize_t got = ::read(output_.get(), block.data(), block.size());
      if (got <= 0) return true;
      if (text.size() < kMostBytes) text.append(block.data(), static_cast<std::size_t>(got));
    }
  }
  // Wait status.
  int end() {
    int status = 0;
    ::waitpid(std::exchange(process_, -1), &status, 0);
    return status;
  }

 private:
  pid_t process_;
  Fd output_;
};

// 0, or the error of the system.
int spawn(int input, int output, pid_t& process) {
  const std::array<const char*, 7> words{"dpkg-deb", "--field",      "-",    "Package",
                                         "Version",  "Architecture", nullptr};
  const std::array<const char*, 3> environment{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", nullptr};
  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  const int failed = ::posix_spawnp(&process, words[0], &actions, nullptr,
                                    const_cast<char* const*>(words.data()),  // NOLINT: exec's interface
                                    const_cast<char* const*>(environment.data()));  // NOLINT: the same
  ::posix_spawn_file_actions_destroy(&actions);
  return failed;
}

std::string value_of(std::string_view text, std::string_view field) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.substr(0, field.size()) == field) return log::printable(line.substr(field.size()));
  }
  return {};
}

std::string complaint(std::string_view text) {
  if (const auto found = text.find(kComplaint); found != std::string_view::npos) {
    text.remove_prefix(found + kComplaint.size());
  }
  return log::printable(text.substr(0, text.find('\n')));
}

}  // namespace

Result<PackageControl> read_package_control(int file, const std::string& path) {
  if (::lseek(file, 0, SEEK_SET) != 0) return fail(errno_error(path));
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(errno_error("pipe"));
  Fd out(ends[0]);
  Fd in(ends[1]);
  pid_t process = -1;
  if (const int failed = spawn(file, in.get(), process); failed != 0) {
    errno = failed;
    return fail(Errc::unsupported, path + ": cannot be looked into: " + errno_error("dpkg-deb").what,
                "install dpkg on this machine");
  }
  in.reset();
  Reader reader(process, std::move(out));
  std::string text;
  if (!reader.read(text)) return fail(Errc::timeout, path + ": dpkg-deb did not read it in time");
  if (reader.end() != 0) {
    return fail(Errc::malformed,
                path + ": not a whole Debian package; dpkg-deb said: \"" + complaint(text) + "\"");
  }
  return PackageControl{value_of(text, "Package: "), value_of(text, "Version: "),
                        value_of(text, "Architecture: ")};
}

}  // namespace muster
