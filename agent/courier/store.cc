// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/store.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <memory>
#include <ranges>
#include <utility>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/folder.h"
#include "core/base/log.h"
#include "core/base/replace_file.h"
#include "core/tls/digest.h"

namespace muster::courier {
namespace {

constexpr char kLog[] = ".log";
constexpr char kOrder[] = ".sub";

bool is_there(const std::string& file) {
  struct stat info {};
  return ::lstat(file.c_str(), &info) == 0;
}

// As logs were named once.
std::string earlier_name(const std::string& stream) {
  std::array<char, 17> hex{};
  std::snprintf(hex.data(), hex.size(), "%016" PRIx64, checksum(stream));
  return std::string(hex.data()) + kLog;
}

struct FolderClose {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

Result<Store> Store::open(std::string folder, std::function<std::uint64_t()> random) {
  const std::unique_ptr<DIR, FolderClose> readable(::opendir(folder.c_str()));
  if (!readable) return fail(errno_error(folder));
  return Store(std::move(folder), std::move(random));
}

// Names come from the network by way of the front: only their digest becomes part of a path, and nobody finds two names
// of one digest.
std::string Store::path(const std::string& name, const char* ending) const {
  return folder_ + "/" + tls::sha256_of(name) + ending;
}

std::vector<std::string> Store::files(std::string_view ending) const {
  std::vector<std::string> found;
  for (const std::string& name : names_in(folder_)) {
    if (name.ends_with(ending)) found.push_back(std::string(folder_).append("/").append(name));
  }
  return found;
}

std::vector<OrderFile> Store::orders(OrderFile::Time now) const {
  std::vector<OrderFile> found;
  for (const std::string& file : files(kOrder)) {
    auto order = OrderFile::read(file);
    if (!order) log::warning("courier", order.error().what + "; it is removed");
    if (!order || order->dies() <= now || found.size() >= kMostOrders) {
      ::unlink(file.c_str());
    } else {
      found.push_back(std::move(*order));
    }
  }
  return found;
}

Result<OrderFile> Store::keep(const wsman::Order& order, Position position, OrderFile::Time now) const {
  return OrderFile::make(path(order.id, kOrder), order, position, now);
}

Result<EventLog*> Store::stream(const std::string& name) {
  if (EventLog* const open = find(name)) return open;
  if (streams_.size() >= kMostStreams) return fail(Errc::timeout, "the courier has 64 streams of events");
  const std::string file = path(name, kLog);
  const std::string earlier = folder_ + "/" + earlier_name(name);
  const bool takes_over = !is_there(file) && is_there(earlier) && EventLog::open(earlier, name, 0);
  if (takes_over && ::rename(earlier.c_str(), file.c_str()) != 0) return fail(errno_error(earlier));
  auto log = EventLog::open(file, name, random_());
  if (!log && log.error().code == Errc::malformed) {
    log::warning("courier", log.error().what + "; it is removed");
    ::unlink(file.c_str());
    log = EventLog::open(file, name, random_());
  }
  if (!log) return fail(log.error());
  return &streams_.emplace(name, std::move(*log)).first->second;
}

EventLog* Store::find(const std::string& name) {
  const auto found = streams_.find(name);
  return found == streams_.end() ? nullptr : &found->second;
}

void Store::close(const std::string& name, Fate fate) {
  if (streams_.erase(name) > 0 && fate == Fate::removed) ::unlink(path(name, kLog).c_str());
}

std::vector<Store::Unread> Store::unread_streams() const {
  std::vector<std::string> open;
  open.reserve(streams_.size());
  for (const auto& [name, log] : streams_) open.push_back(path(name, kLog));
  std::vector<Unread> unread;
  for (const std::string& file : files(kLog)) {
    struct stat info {};
    const bool read = std::find(open.begin(), open.end(), file) != open.end();
    if (!read && ::stat(file.c_str(), &info) == 0) unread.push_back({file, info.st_mtime});
  }
  std::sort(unread.begin(), unread.end(), [](const auto& x, const auto& y) { return x.changed < y.changed; });
  return unread;
}

void Store::sweep(OrderFile::Time now) const {
  remove_leftovers(folder_, now);
  const auto limit = std::chrono::system_clock::to_time_t(now - kKept);
  std::size_t room = kMostStreams - std::min(kMostStreams, streams_.size());
  const auto unread = unread_streams();
  for (const auto& each : std::ranges::reverse_view(unread)) {  // the youngest stay
    if (each.changed < limit || room == 0) {
      ::unlink(each.file.c_str());
    } else {
      --room;
    }
  }
}

}  // namespace muster::courier
