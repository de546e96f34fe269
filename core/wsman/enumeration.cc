// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/enumeration.h"

#include <algorithm>
#include <utility>

namespace muster::wsman {

std::optional<Fault> Enumerations::open(const std::string& id, Enumeration enumeration, Time now) {
  expire(now);
  const auto held = std::count_if(open_.begin(), open_.end(), [&](const auto& each) {
    return each.second.enumeration.principal == enumeration.principal;
  });
  if (static_cast<std::size_t>(held) >= kPerPrincipal) {
    return Fault{FaultCode::quota_limit, "this caller has 32 open enumerations; pull or release them"};
  }
  if (open_.size() >= kInAll) return Fault{FaultCode::quota_limit, "256 enumerations are open; try again"};
  std::size_t bytes = 0;
  for (const std::string& row : enumeration.waiting()) bytes += row.size();
  if (waiting_bytes_ + bytes > kWaitingBytes) {
    return Fault{FaultCode::quota_limit, "open enumerations hold 64 MiB; try again"};
  }
  waiting_bytes_ += bytes;
  const Time dies = now + enumeration.lifetime.value_or(kIdle);
  open_.emplace(id, Entry{std::move(enumeration), dies, bytes});
  return std::nullopt;
}

Enumeration* Enumerations::use(const std::string& id, const std::string& principal, Time now, Fault& fault) {
  const auto found = open_.find(id);
  if (found == open_.end() || now >= found->second.dies) {
    fault = {FaultCode::invalid_enumeration_context};
    return nullptr;
  }
  Entry& entry = found->second;
  if (entry.enumeration.principal != principal) {
    fault = {FaultCode::access_denied, "this enumeration was begun by another caller"};
    return nullptr;
  }
  if (!entry.enumeration.lifetime) entry.dies = now + kIdle;
  return &entry.enumeration;
}

void Enumerations::advance(const std::string& id, std::size_t rows) {
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  Entry& entry = found->second;
  for (std::string& row : std::span(entry.enumeration.rows).subspan(entry.enumeration.next, rows)) {
    waiting_bytes_ -= row.size();
    entry.bytes -= row.size();
    std::string().swap(row);
  }
  entry.enumeration.next += rows;
  if (entry.enumeration.next == entry.enumeration.rows.size()) erase(found);
}

void Enumerations::close(const std::string& id) {
  if (const auto found = open_.find(id); found != open_.end()) erase(found);
}

void Enumerations::expire(Time now) {
  for (auto each = open_.begin(); each != open_.end();) {
    const auto here = each++;
    if (now >= here->second.dies) erase(here);
  }
}

void Enumerations::erase(Map::iterator entry) {
  waiting_bytes_ -= entry->second.bytes;
  open_.erase(entry);
}

}  // namespace muster::wsman
