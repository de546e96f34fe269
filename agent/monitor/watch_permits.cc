// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/watch_permits.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "agent/ipc/frame.h"
#include "core/base/fd.h"
#include "core/base/folder.h"
#include "core/base/replace_file.h"
#include "core/tls/digest.h"

namespace muster::agent {
namespace {

constexpr std::string_view kEnding = ".permit";
constexpr std::size_t kMaxFile = std::size_t{16} * 1024;
constexpr std::size_t kMaxSubject = 4096;
constexpr std::size_t kFields = 6;

// Lengths first: fields may hold anything.
std::string what_of(const ipc::WatchOrder& watch) {
  std::string words = std::to_string(watch.file.size()) + ":" + watch.file;
  for (const std::string& each : watch.expressions) {
    words.append(std::to_string(each.size())).append(":").append(each);
  }
  return tls::sha256_of(words);
}

std::int64_t seconds_of(WatchPermits::Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

bool is_same(const ipc::Caller& a, const ipc::Caller& b) {
  return a.kind == b.kind && a.name == b.name;
}

// What is kept of somebody who was let in: no ticket, it would be of no use any more.
ipc::Caller without_ticket(ipc::Caller caller) {
  if (caller.kind == ipc::Caller::Kind::user) caller.proof.clear();
  return caller;
}

std::vector<std::string> watches_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const std::string& name : names_in(folder)) {
    if (name.ends_with(kEnding)) names.push_back(name.substr(0, name.size() - kEnding.size()));
  }
  return names;
}

}  // namespace

std::string WatchPermits::path(const std::string& name) const {
  return folder_ + "/" + name + std::string(kEnding);
}

// A clock that was set back does not make a permit last longer than one that is given now.
std::optional<WatchPermits::Permit> WatchPermits::read(const std::string& name, Time now) const {
  if (const auto found = fleeting_.find(name); found != fleeting_.end()) {
    return found->second.until > now ? std::optional(found->second) : std::nullopt;
  }
  const auto text = read_file(path(name), kMaxFile);
  const auto frame = text ? ipc::decode(*text) : fail(text.error());
  if (!frame || frame->fields.size() != kFields) return std::nullopt;
  const auto& fields = frame->fields;
  Permit permit{{ipc::Caller::Kind::user, fields[1], fields[2], {}}, fields[3], fields[4], {}};
  std::int64_t until = 0;
  const auto [end, error] = std::from_chars(fields[5].data(), fields[5].data() + fields[5].size(), until);
  const bool sound = error == std::errc() && end == fields[5].data() + fields[5].size() &&
                     ipc::read_kind(fields[0], permit.caller.kind) && until > seconds_of(now);
  if (!sound) return std::nullopt;
  permit.until = std::min(Time(std::chrono::seconds(until)), now + kLife);
  if (until > seconds_of(permit.until) && !write(name, permit)) return std::nullopt;
  return permit;
}

Result<void> WatchPermits::write(const std::string& name, const Permit& permit) const {
  const ipc::Frame frame{
      ipc::Tag::vouch,
      0,
      {std::string(ipc::word_of(permit.caller.kind)), permit.caller.name, permit.caller.proof, permit.what,
       permit.file, std::to_string(seconds_of(permit.until))}};
  return write_file_atomically(path(name), ipc::encode(frame), 0600);
}

// Those whose time is over, and, when it is full, the one whose time is over first.
void WatchPermits::make_room(Time now) {
  remove_leftovers(folder_, now);
  std::vector<std::pair<Time, std::string>> kept;
  for (const std::string& name : watches_in(folder_)) {
    if (const auto permit = read(name, now)) {
      kept.emplace_back(permit->until, name);
    } else {
      ::unlink(path(name).c_str());
    }
  }
  if (kept.size() >= kMost) ::unlink(path(std::min_element(kept.begin(), kept.end())->second).c_str());
  std::erase_if(fleeting_, [now](const auto& each) { return each.second.until <= now; });
  if (fleeting_.size() >= kMost) fleeting_.erase(fleeting_.begin());
}

Result<void> WatchPermits::add(const ipc::Caller& caller, const ipc::WatchOrder& watch, Time now) {
  if (caller.name.size() > kMaxSubject || caller.proof.size() > kMaxSubject) {
    return fail(Errc::denied, "watch: the caller's name is too long to be kept");
  }
  make_room(now);
  const Permit permit{without_ticket(caller), what_of(watch), watch.file, now + kLife};
  if (watch.place == ipc::Place::forgotten) {
    fleeting_.insert_or_assign(watch.name, permit);
    return {};
  }
  if (auto made = make_folders(folder_, 0700); !made) return made;
  return write(watch.name, permit);
}

std::optional<ipc::Caller> WatchPermits::find(const ipc::Caller& caller, const ipc::WatchOrder& watch,
                                              Time now) const {
  auto permit = read(watch.name, now);
  if (!permit || !is_same(permit->caller, caller) || permit->what != what_of(watch)) return std::nullopt;
  permit->caller.source = caller.source;
  return std::move(permit->caller);
}

Result<void> WatchPermits::renew(const std::string& name, const ipc::Caller& caller, Time now) {
  if (!ipc::is_watch_name(name)) return {};
  auto permit = read(name, now);
  if (!permit || !is_same(permit->caller, caller)) return {};
  permit->until = now + kLife;
  const auto fleeting = fleeting_.find(name);
  if (fleeting == fleeting_.end()) return write(name, *permit);
  fleeting->second = std::move(*permit);
  return {};
}

void WatchPermits::remove(const std::string& name) {
  if (!ipc::is_watch_name(name)) return;
  if (fleeting_.erase(name) == 0) ::unlink(path(name).c_str());
}

}  // namespace muster::agent
