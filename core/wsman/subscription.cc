// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/subscription.h"

#include <algorithm>
#include <utility>

namespace muster::wsman {
namespace {

std::size_t size_of(const KeptEvent& event) {
  return event.item.size() + event.bookmark.size();
}

}  // namespace

Subscriptions::Lifetime Subscriptions::granted(std::optional<std::chrono::milliseconds> asked) {
  return std::min<Lifetime>(asked.value_or(Lifetime(kUsual)), Lifetime(kLongest));
}

std::optional<Fault> Subscriptions::check_room(const std::string& principal) const {
  const auto held = std::count_if(open_.begin(), open_.end(), [&](const auto& each) {
    return each.second.subscription.principal == principal;
  });
  if (static_cast<std::size_t>(held) >= kPerPrincipal) {
    return Fault{FaultCode::quota_limit, "this caller has 16 subscriptions; unsubscribe from one"};
  }
  if (open_.size() >= kInAll) return Fault{FaultCode::quota_limit, "64 subscriptions are open"};
  return std::nullopt;
}

void Subscriptions::open(const std::string& id, Subscription subscription, Lifetime lifetime, Time now) {
  Entry entry;
  entry.subscription = std::move(subscription);
  entry.dies = now + lifetime;
  open_.emplace(id, std::move(entry));
}

const Subscription* Subscriptions::find(const std::string& id, const std::string& principal, Time now,
                                        Fault& fault) const {
  const auto found = open_.find(id);
  if (found == open_.end() || now >= found->second.dies) {
    fault = {FaultCode::invalid_message};
    return nullptr;
  }
  if (found->second.subscription.principal != principal) {
    fault = {FaultCode::access_denied, "this subscription was begun by another caller"};
    return nullptr;
  }
  return &found->second.subscription;
}

const Subscription* Subscriptions::find(const std::string& id) const {
  const auto found = open_.find(id);
  return found == open_.end() ? nullptr : &found->second.subscription;
}

void Subscriptions::renew(const std::string& id, Lifetime lifetime, Time now) {
  if (const auto found = open_.find(id); found != open_.end()) found->second.dies = now + lifetime;
}

std::vector<std::string> Subscriptions::expired(Time now) const {
  std::vector<std::string> ids;
  for (const auto& [id, entry] : open_) {
    if (now >= entry.dies) ids.push_back(id);
  }
  return ids;
}

std::vector<std::string> Subscriptions::pulled_from_streams() const {
  std::vector<std::string> ids;
  for (const auto& [id, entry] : open_) {
    const Subscription& each = entry.subscription;
    if (each.mode == DeliveryMode::pull && !each.stream.empty()) ids.push_back(id);
  }
  return ids;
}

std::vector<std::string> Subscriptions::pushed() const {
  std::vector<std::string> ids;
  for (const auto& [id, entry] : open_) {
    if (entry.subscription.mode != DeliveryMode::pull) ids.push_back(id);
  }
  return ids;
}

bool Subscriptions::add(const std::string& id, KeptEvent event) {
  const auto found = open_.find(id);
  if (found == open_.end()) return false;
  Entry& entry = found->second;
  entry.bytes += size_of(event);
  entry.waiting.push_back(std::move(event));
  while (entry.waiting.size() > kMostWaiting || entry.bytes > kWaitingBytes) drop_oldest(entry);
  return true;
}

bool Subscriptions::drop(const std::string& id, std::uint64_t events) {
  const auto found = open_.find(id);
  if (found == open_.end()) return false;
  found->second.dropped += events;
  return true;
}

void Subscriptions::drop_oldest(Entry& entry) {
  entry.bytes -= size_of(entry.waiting.front());
  entry.waiting.pop_front();
  ++entry.dropped;
}

const std::deque<KeptEvent>& Subscriptions::waiting(const std::string& id) const {
  static const std::deque<KeptEvent> kNone;
  const auto found = open_.find(id);
  return found == open_.end() ? kNone : found->second.waiting;
}

void Subscriptions::advance(const std::string& id, std::size_t events) {
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  Entry& entry = found->second;
  for (std::size_t i = 0; i < events && !entry.waiting.empty(); ++i) {
    entry.bytes -= size_of(entry.waiting.front());
    entry.waiting.pop_front();
  }
}

std::optional<std::uint64_t> Subscriptions::untold_drops(const std::string& id) const {
  const auto found = open_.find(id);
  if (found == open_.end() || found->second.dropped == found->second.told) return std::nullopt;
  return found->second.dropped;
}

void Subscriptions::told_drops(const std::string& id) {
  if (const auto found = open_.find(id); found != open_.end()) found->second.told = found->second.dropped;
}

}  // namespace muster::wsman
