// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/audit/log.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/log.h"

namespace muster::audit {
namespace {

// A line holds no more than this: values are cut long before.
constexpr off_t kMaxTail = off_t{256} * 1024;
constexpr std::string_view kHeadEnding = ".head";

Result<std::string> read_tail(int file, const std::string& path, off_t size) {
  std::string tail(static_cast<std::size_t>(std::min(size, kMaxTail)), '\0');
  const ssize_t got = ::pread(file, tail.data(), tail.size(), size - static_cast<off_t>(tail.size()));
  if (got != static_cast<ssize_t>(tail.size())) return fail(errno_error(path));
  return tail;
}

}  // namespace

std::string time_text() {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto whole = std::chrono::system_clock::from_time_t(seconds);
  const auto part = std::chrono::duration_cast<std::chrono::milliseconds>(now - whole).count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[64];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(part));
  return text;
}

Result<void> Log::find_head(int file) {
  struct stat state {};
  if (::fstat(file, &state) != 0) return fail(errno_error(path_));
  if (state.st_size ==
      0) {  // a new file goes on after what is known: the one before may have been moved away
    if (head_.number == 0) find_earlier_head();
    return {};
  }
  const auto tail = read_tail(file, path_, state.st_size);
  if (!tail) return fail(tail.error());
  std::string_view text = *tail;
  const bool whole = text.ends_with('\n');
  if (whole) text.remove_suffix(1);
  const std::size_t begin = text.rfind('\n');
  auto head = head_of(begin == std::string_view::npos ? text : text.substr(begin + 1));
  if (!whole || !head) {
    return fail(Errc::malformed, path_ + ": its last line is damaged",
                "keep the file as evidence: move it away; muster-agent audit verify FILE says more");
  }
  head_ = *head;
  return {};
}

void Log::find_earlier_head() {
  const auto line = read_file(path_ + std::string(kHeadEnding), static_cast<std::size_t>(kMaxTail));
  if (!line) return;
  if (auto head = head_of(*line)) {
    head_ = *head;
  } else {
    log::warning("audit", path_ + std::string(kHeadEnding) + " is damaged: a new chain begins");
  }
}

// Not made durable: it is of use only when the log itself was moved away, and costs what the log costs.
void Log::keep_line(const std::string& line) const {
  const std::string path = path_ + std::string(kHeadEnding);
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  const auto kept = file ? write_all(file.get(), path, line) : fail(errno_error(path));
  if (!kept) log::warning("audit", kept.error().what);
}

Result<void> Log::append(Fields fields) {
  fields.insert(fields.begin(), {"t", time_text()});
  const Fd file(::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return fail(errno_error(path_));
  if (!known_) {
    if (auto found = find_head(file.get()); !found) return found;
    known_ = true;
  }
  Head head = head_;
  const std::string line = chained(fields, head);
  known_ = false;  // until the line is there for good, the file says where the chain ends
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  if (auto written = write_all(file.get(), path_, line); !written) {
    static_cast<void>(::ftruncate(file.get(), size) == 0);  // half a line would stop the next one, too
    return written;
  }
  if (::fdatasync(file.get()) != 0) return fail(errno_error(path_));
  head_ = head;
  known_ = true;
  keep_line(line.substr(0, line.size() - 1));
  log::info("audit", "line " + std::to_string(head.number) + " has hash " + head.hash);
  return {};
}

}  // namespace muster::audit
