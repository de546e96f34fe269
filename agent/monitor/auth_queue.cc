// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/auth_queue.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <sys/wait.h>

#include "core/base/log.h"

namespace muster::agent {
namespace {

using Clock = std::chrono::steady_clock;

bool has_answered(const auth::PamChild& child) {
  pollfd look{child.fd(), POLLIN, 0};
  return ::poll(&look, 1, 0) > 0;
}

bool is_late(const auth::PamChild& child) {
  return Clock::now() >= child.started() + auth::kDeadline;
}

}  // namespace

std::size_t AuthQueue::running_of(const std::string& source) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(running_, [&](const Running& each) { return each.source == source; }));
}

std::size_t AuthQueue::places_of(const std::string& source) const {
  const auto waiting =
      std::ranges::count_if(waiting_, [&](const Waiting& each) { return each.attempt.source == source; });
  return running_of(source) + static_cast<std::size_t>(waiting);
}

void AuthQueue::turn_away(const Waiting& who) {
  if (turned_away_++ == 0) {
    log::warning("auth", "too many logins at once, the last from " + who.attempt.source);
  }
  verdict_(who.id, Outcome::unanswered);
}

// In a full line: the last of the source that has the most places goes, unless everybody has as few as the newcomer.
bool AuthQueue::make_place_for(const std::string& source) {
  if (waiting_.size() < kWaiting) return true;
  const auto most =
      std::ranges::max_element(waiting_.rbegin(), waiting_.rend(), {},
                               [this](const Waiting& each) { return places_of(each.attempt.source); });
  if (places_of(most->attempt.source) <= places_of(source) + 1) return false;
  const Waiting gone = std::move(*most);
  waiting_.erase(std::next(most).base());
  turn_away(gone);
  return true;
}

void AuthQueue::add(auth::Attempt attempt, std::uint64_t id) {
  Waiting newcomer{std::move(attempt), id};
  const std::string source = newcomer.attempt.source;
  if (places_of(source) >= kShare) return turn_away(newcomer);
  if (room() && running_of(source) < kRunningShare) return start(std::move(newcomer.attempt), id);
  if (!make_place_for(source)) return turn_away(newcomer);
  waiting_.push_back(std::move(newcomer));
}

void AuthQueue::start(auth::Attempt attempt, std::uint64_t id) {
  std::string source = attempt.source;
  auto child = auth::PamChild::start(policy_, std::move(attempt), id);
  if (!child) {
    log::error("auth", child.error());
    verdict_(id, Outcome::unanswered);
    return;
  }
  running_.push_back({std::move(*child), std::move(source)});
}

void AuthQueue::clear() {
  waiting_.clear();
  for (auto& each : running_) finish(each.child);
  running_.clear();
}

void AuthQueue::append_descriptors(std::vector<pollfd>& wait) const {
  for (const auto& each : running_) wait.push_back({each.child.fd(), POLLIN, 0});
}

AuthQueue::Outcome AuthQueue::finish(auth::PamChild& child) {
  ended_.push_back(child.pid());
  const bool accepted = child.finish();
  reap();
  if (accepted) return Outcome::accepted;
  return child.answered() ? Outcome::refused : Outcome::unanswered;
}

// Without waiting: a module stuck in the kernel must not stop the monitor.
void AuthQueue::reap() {
  std::erase_if(ended_, [](pid_t pid) {
    int status = 0;
    const pid_t gone = ::waitpid(pid, &status, WNOHANG);
    return gone == pid || (gone < 0 && errno == ECHILD);
  });
}

// Of the sources that may start another child, the one with the fewest; the line's order among equals.
AuthQueue::Line::iterator AuthQueue::next() {
  const auto fewest = std::ranges::min_element(
      waiting_, {}, [this](const Waiting& each) { return running_of(each.attempt.source); });
  if (fewest == waiting_.end() || running_of(fewest->attempt.source) >= kRunningShare) return waiting_.end();
  return fewest;
}

void AuthQueue::collect() {
  reap();
  for (std::size_t i = 0; i < running_.size();) {
    if (!has_answered(running_[i].child) && !is_late(running_[i].child)) {
      ++i;
      continue;
    }
    auth::PamChild child = std::move(running_[i].child);
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
    const Outcome outcome = finish(child);
    verdict_(child.id(), outcome);
  }
  for (auto chosen = next(); room() && chosen != waiting_.end(); chosen = next()) {
    Waiting begins = std::move(*chosen);
    waiting_.erase(chosen);
    start(std::move(begins.attempt), begins.id);
  }
  if (turned_away_ > 0 && waiting_.empty()) {
    log::warning("auth", "too many logins at once: " + std::to_string(turned_away_) + " were turned away");
    turned_away_ = 0;
  }
}

int AuthQueue::wait_milliseconds() const {
  if (running_.empty()) return -1;
  auto first = running_.front().child.started();
  for (const auto& each : running_) first = std::min(first, each.child.started());
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(first + auth::kDeadline - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

}  // namespace muster::agent
