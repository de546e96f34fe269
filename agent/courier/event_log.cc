// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/event_log.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/replace_file.h"

namespace muster::courier {
namespace {

constexpr std::size_t kRecordHead = sizeof(std::uint32_t) + sizeof(std::uint64_t);
constexpr std::size_t kReadLimit = EventLog::kMostBytes * 4;  // more than any log of ours can have
constexpr mode_t kMode = 0600;

template <class Number>
void put(std::string& out, Number value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class Number>
bool take(std::string_view& in, Number& out) {
  if (in.size() < sizeof out) return false;
  std::memcpy(&out, in.data(), sizeof out);
  in.remove_prefix(sizeof out);
  return true;
}

std::string record(std::string_view payload) {
  std::string out;
  out.reserve(kRecordHead + payload.size());
  put(out, static_cast<std::uint32_t>(payload.size()));
  put(out, checksum(payload));
  return out.append(payload);
}

// The next whole record; false at the end, and where the rest is none.
bool take_record(std::string_view& rest, std::string_view& payload) {
  std::string_view in = rest;
  std::uint32_t size = 0;
  std::uint64_t sum = 0;
  if (!take(in, size) || !take(in, sum) || in.size() < size) return false;
  payload = in.substr(0, size);
  if (checksum(payload) != sum) return false;
  rest = in.substr(size);
  return true;
}

Result<void> write_at(int fd, const std::string& path, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return fail(errno_error(path));
    bytes.remove_prefix(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
  return {};
}

}  // namespace

std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t sum = 0xcbf29ce484222325U;
  for (const char c : bytes) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return sum;
}

Result<EventLog> EventLog::open(const std::string& path, const std::string& stream,
                                std::uint64_t generation) {
  EventLog log(path, stream, generation);
  log.file_ = Fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!log.file_ && errno != ENOENT) return fail(errno_error(path));
  const bool there = static_cast<bool>(log.file_);
  if (auto ready = there ? log.load() : log.make(); !ready) return fail(ready.error());
  return log;
}

Result<void> EventLog::make() {
  return rewrite(first_);
}

Result<void> EventLog::take_header(std::string_view payload) {
  std::string_view in = payload;
  if (!take(in, generation_) || !take(in, first_) || first_ == 0) {
    return fail(Errc::malformed, path_ + ": no log of events");
  }
  if (in != stream_) return fail(Errc::unsupported, path_ + ": the log of another stream");
  return {};
}

Result<void> EventLog::load() {
  const auto content = read_file(path_, kReadLimit);
  if (!content) return fail(content.error());
  std::string_view rest = *content;
  std::string_view payload;
  if (!take_record(rest, payload)) return fail(Errc::malformed, path_ + ": no log of events");
  if (auto taken = take_header(payload); !taken) return taken;
  while (take_record(rest, payload)) {
    records_.push_back({static_cast<std::uint64_t>(payload.data() - content->data()),
                        static_cast<std::uint32_t>(payload.size())});
  }
  end_ = content->size() - rest.size();
  if (!rest.empty() && ::ftruncate(file_.get(), static_cast<off_t>(end_)) != 0) {
    return fail(errno_error(path_));
  }
  return {};
}

bool EventLog::has_room_for(std::string_view item) const {
  return records_.size() < kMostEvents && end_ + kRecordHead + item.size() <= kMostBytes;
}

Result<std::uint64_t> EventLog::append(std::string_view item) {
  const std::string bytes = record(item);
  if (!has_room_for(item)) {
    const std::uint64_t quarter = std::max<std::uint64_t>(1, records_.size() / 4);
    if (auto made = forget_below(first_ + quarter); !made) return fail(made.error());
  }
  if (auto settled = settle(); !settled) return fail(settled.error());
  auto written = write_at(file_.get(), path_, bytes, end_);
  if (written && ::fdatasync(file_.get()) != 0) written = fail(errno_error(path_));
  if (!written) {
    const bool cut = ::ftruncate(file_.get(), static_cast<off_t>(end_)) == 0;
    static_cast<void>(cut);  // else open() cuts it off
    return fail(written.error());
  }
  records_.push_back({end_ + kRecordHead, static_cast<std::uint32_t>(item.size())});
  end_ += bytes.size();
  return last();
}

Result<std::string> EventLog::read(std::uint64_t number) const {
  const Record& at = records_[number - first_];
  std::string item(at.size, '\0');
  const ssize_t got = ::pread(file_.get(), item.data(), item.size(), static_cast<off_t>(at.offset));
  if (got != static_cast<ssize_t>(item.size())) return fail(errno_error(path_));
  return item;
}

Result<void> EventLog::forget_below(std::uint64_t number) {
  const std::uint64_t first = std::clamp(number, first_, last() + 1);
  return first == first_ ? Result<void>{} : rewrite(first);
}

// A new file takes the place of the old one in one step.
Result<void> EventLog::rewrite(std::uint64_t first) {
  std::string header;
  put(header, generation_);
  put(header, first);
  header.append(stream_);
  std::string content = record(header);
  std::vector<Record> kept;
  for (std::uint64_t number = first; number <= last(); ++number) {
    const auto item = read(number);
    if (!item) return fail(item.error());
    kept.push_back({content.size() + kRecordHead, static_cast<std::uint32_t>(item->size())});
    content += record(*item);
  }
  auto made = replace_file(path_, content, kMode);
  if (!made) return fail(made.error());
  file_ = std::move(made->file);
  settled_ = made->durable.has_value();
  first_ = first;
  end_ = content.size();
  records_ = std::move(kept);
  return std::move(made->durable);
}

// What is appended is of no use in a file that a power cut takes away.
Result<void> EventLog::settle() {
  if (settled_) return {};
  if (auto synced = sync_folder_of(path_); !synced) return synced;
  settled_ = true;
  return {};
}

}  // namespace muster::courier
