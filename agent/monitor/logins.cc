// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/logins.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/log.h"
#include "core/http/address.h"

namespace muster::agent {

Logins::Logins(auth::Policy policy, http::PenaltyRules penalties, Verdict verdict, World world)
    : policy_(std::move(policy)),
      verdict_(std::move(verdict)),
      world_(std::move(world)),
      accounts_(world_.accounts()),
      penalties_(std::move(penalties)),
      queue_(policy_, [this](std::uint64_t id, AuthQueue::Outcome outcome) { answered(id, outcome); }) {}

void Logins::notice_changed_accounts() {
  const AccountStamp now = world_.accounts();
  if (now != std::exchange(accounts_, now)) cache_.clear();
}

void Logins::add(auth::Attempt attempt, std::uint64_t id) {
  notice_changed_accounts();
  const Time now = world_.now();
  const tls::Mac login = cache_.mac_of(policy_, attempt);
  if (cache_.knows(login, now)) return verdict_(id, true, attempt.user);
  if (refused_at_once(attempt, now)) return verdict_(id, false, attempt.user);
  asked_.insert_or_assign(id, Asked{login, attempt.user, attempt.source, accounts_, now});
  queue_.add(std::move(attempt), id);
}

// A refused source that guesses at a remembered login ends it: who has to wait may not try passwords against the cache.
bool Logins::refused_at_once(const auth::Attempt& attempt, Time now) {
  if (!penalties_.refuses(http::source_key(attempt.source), now)) return false;
  cache_.forget(attempt.user, attempt.source);
  return true;
}

void Logins::report_penalties(Time now) {
  for (const auto& [name, refused] : penalties_.take_ended(now)) {
    log::info("auth", name + ": no longer refused; " + std::to_string(refused) + " logins were");
  }
}

void Logins::answered(std::uint64_t id, AuthQueue::Outcome outcome) {
  auto found = asked_.extract(id);
  if (found.empty()) return;
  const Asked& asked = found.mapped();
  if (outcome == AuthQueue::Outcome::accepted) {
    notice_changed_accounts();  // while PAM was asked: it may have read what was there before
    if (asked.accounts == accounts_) cache_.remember(asked.login, asked.user, asked.source, world_.now());
    return verdict_(id, true, asked.user);
  }
  if (outcome == AuthQueue::Outcome::unanswered) return verdict_(id, false, asked.user);
  cache_.forget(asked.user);
  const std::string source = http::source_key(asked.source);
  const Time now = world_.now();
  if (penalties_.add(source, asked.source, http::Offence::failed_login, now)) {
    log::warning("auth", asked.source + ": its logins fail: refused for " +
                             std::to_string(penalties_.left(source, now).count()) + " s");
  }
  hold_back(id, asked);
}

void Logins::hold_back(std::uint64_t id, const Asked& asked) {
  if (held_.size() >= kMostHeld) return verdict_(id, false, asked.user);
  const Held held{asked.at + kRefusedAfter, id, asked.user};
  const auto later = [&](const Held& each) { return each.until > held.until; };
  held_.insert(std::ranges::find_if(held_, later), held);
}

void Logins::collect() {
  queue_.collect();
  while (!held_.empty() && held_.front().until <= world_.now()) {
    const Held due = std::move(held_.front());
    held_.pop_front();
    verdict_(due.id, false, due.user);
  }
  report_penalties(world_.now());
}

int Logins::wait_milliseconds() const {
  const int queue = queue_.wait_milliseconds();
  if (held_.empty()) return queue;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(held_.front().until - world_.now());
  const int own = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
  return queue < 0 ? own : std::min(queue, own);
}

void Logins::clear() {
  queue_.clear();
  asked_.clear();
  held_.clear();
  cache_.clear();
}

void Logins::follow(auth::Policy policy, http::PenaltyRules penalties) {
  penalties_.follow(std::move(penalties));
  policy_ = policy;
  queue_.follow(std::move(policy));
}

}  // namespace muster::agent
