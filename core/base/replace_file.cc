// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/replace_file.h"

#include <random>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/folder.h"

namespace muster {
namespace {

constexpr std::string_view kMark = ".new-";
constexpr std::chrono::hours kLongestWrite{1};

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool is_temporary(std::string_view name) {
  const auto at = name.rfind(kMark);
  if (at == std::string_view::npos || at == 0) return false;
  const std::string_view number = name.substr(at + kMark.size());
  return !number.empty() && number.find_first_not_of("0123456789") == std::string_view::npos;
}

Result<Fd> write_and_sync(const std::string& path, std::string_view content, mode_t mode) {
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file) return fail(errno_error(path));
  if (::fchmod(file.get(), mode) != 0) return fail(errno_error(path));  // the umask may have cut it
  if (auto written = write_all(file.get(), path, content); !written) return fail(written.error());
  if (::fsync(file.get()) != 0) return fail(errno_error(path));
  return file;
}

}  // namespace

std::string temporary_name(const std::string& path) {
  std::random_device random;
  return path + std::string(kMark) + std::to_string(random()) + std::to_string(::getpid());
}

Result<void> sync_folder_of(const std::string& path) {
  const Fd folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return fail(errno_error(folder_of(path)));
  return {};
}

Result<NewFile> replace_file(const std::string& path, std::string_view content, mode_t mode) {
  const auto temporary = temporary_name(path);
  auto file = write_and_sync(temporary, content, mode);
  if (!file) {
    ::unlink(temporary.c_str());
    return fail(file.error());
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const auto error = errno_error(path);
    ::unlink(temporary.c_str());
    return fail(error);
  }
  return NewFile{std::move(*file), sync_folder_of(path)};
}

void remove_leftovers(const std::string& folder, std::chrono::system_clock::time_point now) {
  const auto limit = std::chrono::system_clock::to_time_t(now - kLongestWrite);
  for (const std::string& name : names_in(folder)) {
    if (!is_temporary(name)) continue;
    const std::string path = std::string(folder).append("/").append(name);
    struct stat info {};
    const bool old = ::lstat(path.c_str(), &info) == 0 && info.st_mtime < limit;
    if (old && !S_ISDIR(info.st_mode)) ::unlink(path.c_str());
  }
}

}  // namespace muster
