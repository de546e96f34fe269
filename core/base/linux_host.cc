// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/linux_host.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <ctime>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/unique_handle.h"

namespace muster {
namespace {

using Folder = UniqueHandle<DIR, ::closedir>;

// `named` is the path as the caller knows it, without the root.
Result<Fd> open_file(const std::string& path, std::string_view named) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return fail(errno_error(named));
  return file;
}

Result<std::string> read_up_to(int file, std::string_view named, std::size_t limit) {
  std::string content;
  char block[4096];
  while (content.size() < limit) {
    const ssize_t got = ::read(file, block, std::min(sizeof block, limit - content.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(errno_error(named));
    if (got == 0) break;
    content.append(block, static_cast<std::size_t>(got));
  }
  return content;
}

// The kernel hands such a file over in one piece, as far as the block has room: what is shorter was all.
Result<std::string> read_piece(int file, std::string_view named, std::size_t limit) {
  MUSTER_NOT_CLEARED char block[16384];
  std::string content;
  while (content.size() < limit) {
    const std::size_t wanted = std::min(sizeof block, limit - content.size());
    const ssize_t got = ::read(file, block, wanted);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(errno_error(named));
    content.append(block, static_cast<std::size_t>(got));
    if (static_cast<std::size_t>(got) < wanted) break;
  }
  return content;
}

// Links are followed as if the folder were "/", and no other file system is entered.
Result<Fd> open_within(int folder, const std::string& path, std::string_view named) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS;
  Fd file(static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how)));
  if (!file) return fail(errno_error(named));
  return file;
}

bool is_self_or_parent(std::string_view name) {
  return name == "." || name == "..";
}

}  // namespace

std::string LinuxHost::full(std::string_view path) const {
  std::string whole;
  whole.reserve(root_.size() + path.size());
  return whole.append(root_).append(path);
}

Result<std::string> LinuxHost::read_file(std::string_view path, std::size_t limit) const {
  const auto kept = root_.empty() ? KeptFiles::place_of(path) : KeptFiles::kNone;
  if (kept != KeptFiles::kNone) return kept_.read(kept, limit);
  const auto file = open_file(full(path), path);
  if (!file) return fail(file.error());
  return read_all(file->get(), path, limit);
}

Result<std::string> LinuxHost::read_start(std::string_view path, std::size_t limit) const {
  const auto file = open_file(full(path), path);
  if (!file) return fail(file.error());
  return read_up_to(file->get(), path, limit);
}

Result<std::string> LinuxHost::read_process_file(std::uint32_t pid, std::string_view file,
                                                 std::size_t limit) const {
  if (!root_.empty()) return Host::read_process_file(pid, file, limit);
  const std::string path = std::string("/proc/").append(std::to_string(pid)).append("/").append(file);
  const auto opened = open_file(path, path);
  if (!opened) return fail(opened.error());
  return read_piece(opened->get(), path, limit);
}

Result<std::string> LinuxHost::read_within(std::string_view mount_point, std::string_view path,
                                           std::size_t limit) const {
  const Fd folder(::open(full(mount_point).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return fail(errno_error(mount_point));
  const auto file = open_within(folder.get(), std::string(path), path);
  if (!file) return fail(file.error());
  return read_up_to(file->get(), path, limit);
}

Result<std::vector<std::string>> LinuxHost::list_folder(std::string_view path) const {
  const Folder folder(::opendir(full(path).c_str()));
  if (!folder) return fail(errno_error(path));
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(folder.get());  // NOLINT(concurrency-mt-unsafe): the stream is ours alone
    if (entry == nullptr) break;
    if (!is_self_or_parent(entry->d_name)) names.emplace_back(entry->d_name);
  }
  if (errno != 0) return fail(errno_error(path));
  return names;
}

Result<std::string> LinuxHost::read_link(std::string_view path) const {
  char target[PATH_MAX];
  const ssize_t size = ::readlink(full(path).c_str(), target, sizeof target);
  if (size < 0) return fail(errno_error(path));
  return std::string(target, static_cast<std::size_t>(size));
}

Result<FileSystemUsage> LinuxHost::file_system_usage(std::string_view mount_point) const {
  struct statvfs raw {};
  if (::statvfs(full(mount_point).c_str(), &raw) != 0) return fail(errno_error(mount_point));
  FileSystemUsage usage;
  usage.block_bytes = raw.f_frsize != 0 ? raw.f_frsize : raw.f_bsize;
  usage.size_bytes = raw.f_blocks * usage.block_bytes;
  usage.free_bytes = raw.f_bfree * usage.block_bytes;
  usage.available_bytes = raw.f_bavail * usage.block_bytes;
  usage.inodes = raw.f_files;
  usage.free_inodes = raw.f_ffree;
  usage.max_name_bytes = static_cast<std::uint32_t>(raw.f_namemax);
  usage.read_only = (raw.f_flag & ST_RDONLY) != 0;
  return usage;
}

SystemName LinuxHost::system_name() const {
  utsname raw{};
  if (::uname(&raw) != 0) return {};  // fails only for a bad address
  return {raw.sysname, raw.nodename, raw.release, raw.version, raw.machine};
}

long LinuxHost::clock_ticks_per_second() const {
  return ::sysconf(_SC_CLK_TCK);
}

long LinuxHost::page_bytes() const {
  return ::sysconf(_SC_PAGESIZE);
}

std::chrono::steady_clock::time_point LinuxHost::now() const {
  return std::chrono::steady_clock::now();
}

std::chrono::system_clock::time_point LinuxHost::wall_clock() const {
  return std::chrono::system_clock::now();
}

std::chrono::minutes LinuxHost::utc_offset() const {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(wall_clock());
  std::tm local{};
  if (::localtime_r(&seconds, &local) == nullptr) return std::chrono::minutes(0);
  return std::chrono::minutes(local.tm_gmtoff / 60);
}

}  // namespace muster
