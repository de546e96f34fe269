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

void AuthQueue::add(auth::Attempt attempt, std::uint64_t id) {
  if (running_.size() + ended_.size() < kRunning) return start(std::move(attempt), id);
  if (waiting_.size() < kWaiting) {
    waiting_.push_back({std::move(attempt), id});
    return;
  }
  log::warning("auth", "too many logins at once: refused " + attempt.user + " from " + attempt.source);
  verdict_(id, false, attempt.user);
}

void AuthQueue::start(auth::Attempt attempt, std::uint64_t id) {
  const std::string user = attempt.user;
  auto child = auth::PamChild::start(policy_, std::move(attempt), id);
  if (!child) {
    log::error("auth", child.error());
    verdict_(id, false, user);
    return;
  }
  running_.push_back(std::move(*child));
}

void AuthQueue::clear() {
  waiting_.clear();
  for (auto& child : running_) finish(child);
  running_.clear();
}

void AuthQueue::append_descriptors(std::vector<pollfd>& wait) const {
  for (const auto& child : running_) wait.push_back({child.fd(), POLLIN, 0});
}

bool AuthQueue::finish(auth::PamChild& child) {
  ended_.push_back(child.pid());
  const bool accepted = child.finish();
  reap();
  return accepted;
}

// Without waiting: a module stuck in the kernel must not stop the monitor.
void AuthQueue::reap() {
  std::erase_if(ended_, [](pid_t pid) {
    int status = 0;
    const pid_t gone = ::waitpid(pid, &status, WNOHANG);
    return gone == pid || (gone < 0 && errno == ECHILD);
  });
}

void AuthQueue::collect() {
  reap();
  for (std::size_t i = 0; i < running_.size();) {
    if (!has_answered(running_[i]) && !is_late(running_[i])) {
      ++i;
      continue;
    }
    auth::PamChild child = std::move(running_[i]);
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
    const bool accepted = finish(child);
    verdict_(child.id(), accepted, child.user());
  }
  while (!waiting_.empty() && running_.size() + ended_.size() < kRunning) {
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    start(std::move(next.attempt), next.id);
  }
}

int AuthQueue::wait_milliseconds() const {
  if (running_.empty()) return -1;
  auto first = running_.front().started();
  for (const auto& child : running_) first = std::min(first, child.started());
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(first + auth::kDeadline - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

}  // namespace muster::agent
