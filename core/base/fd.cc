// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/fd.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/replace_file.h"

namespace muster {
namespace {

Errc code_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return Errc::not_found;
    case EACCES:
    case EPERM:
    case EROFS: return Errc::denied;
    case ETIMEDOUT: return Errc::timeout;
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EPIPE: return Errc::unreachable;
    default: return Errc::internal;
  }
}

}  // namespace

void Fd::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Error errno_error(std::string_view object) {
  const int error = errno;
  return Error{code_of(error), std::string(object) + ": " + std::generic_category().message(error), {}};
}

Result<std::string> read_all(int fd, std::string_view object, std::size_t limit) {
  std::string content;
  MUSTER_NOT_CLEARED char block[16384];  // hot in the providers: not cleared at every call
  for (;;) {
    const ssize_t got = ::read(fd, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(errno_error(object));
    if (got == 0) return content;
    if (content.size() + static_cast<std::size_t>(got) > limit) {
      return fail(Errc::malformed, std::string(object) + ": larger than " + std::to_string(limit) + " bytes");
    }
    content.append(block, static_cast<std::size_t>(got));
  }
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail(errno_error(path));
  return read_all(file.get(), path, limit);
}

Result<void> write_all(int fd, std::string_view object, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail(errno_error(object));
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> write_file_atomically(const std::string& path, std::string_view content, mode_t mode) {
  auto made = replace_file(path, content, mode);
  if (!made) return fail(made.error());
  return std::move(made->durable);
}

Result<void> replace_link_atomically(const std::string& path, const std::string& target) {
  const auto temporary = temporary_name(path);
  if (::symlink(target.c_str(), temporary.c_str()) != 0) return fail(errno_error(temporary));
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const auto error = errno_error(path);
    ::unlink(temporary.c_str());
    return fail(error);
  }
  return sync_folder_of(path);
}

Result<void> make_folders(const std::string& path, mode_t mode) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const auto part = path.substr(0, end);
    if (::mkdir(part.c_str(), mode) != 0 && errno != EEXIST) return fail(errno_error(part));
    if (end == std::string::npos) return {};
  }
}

}  // namespace muster
