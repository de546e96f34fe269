// SPDX-License-Identifier: GPL-2.0-or-later
// One owner for one file descriptor, and the few file operations that must be done right everywhere.
//
// Paths   as given; relative ones belong to the working directory.
// Errors  not_found (ENOENT), denied (EACCES, EPERM), malformed (larger than the limit), internal (the rest).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <sys/types.h>

#include "core/base/error.h"

// Before an array that read(2) fills: it is not cleared first, whatever -ftrivial-auto-var-init says.
#ifdef __clang__
#define MUSTER_NOT_CLEARED [[clang::uninitialized]]
#else
#define MUSTER_NOT_CLEARED [[gnu::uninitialized]]
#endif

namespace muster {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// The error of the last failed system call, worded "OBJECT: strerror", with the code that callers branch on.
Error errno_error(std::string_view object);

// Whole file, at most `limit` bytes. Follows symbolic links.
Result<std::string> read_file(const std::string& path, std::size_t limit);

// Reads to the end of a descriptor, at most `limit` bytes.
Result<std::string> read_all(int fd, std::string_view object, std::size_t limit);
Result<void> write_all(int fd, std::string_view object, std::string_view bytes);

// Makes the content visible at `path` in one step: temporary file in the same folder (O_EXCL), fsync, rename,
// fsync of the folder. A reader sees the old content or the new one, also after a power cut.
Result<void> write_file_atomically(const std::string& path, std::string_view content, mode_t mode);

// Points the symbolic link `path` at `target` in one step.
Result<void> replace_link_atomically(const std::string& path, const std::string& target);

// mkdir -p; folders that exist keep their mode.
Result<void> make_folders(const std::string& path, mode_t mode);

}  // namespace muster
