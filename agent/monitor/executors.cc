// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/monitor/executors.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <sys/socket.h>
#include <sys/wait.h>

#include "agent/executor/executor.h"
#include "agent/host/rows_writer.h"
#include "agent/ipc/channel.h"
#include "agent/monitor/call_record.h"
#include "core/base/log.h"

namespace muster::agent {
namespace {

bool is_readable(int fd) {
  pollfd look{fd, POLLIN, 0};
  return ::poll(&look, 1, 0) > 0;
}

}  // namespace

Executors::Executors(const Config& config, const Tickets& tickets, Events events)
    : config_(config),
      tickets_(tickets),
      events_(std::move(events)),
      audit_(config.state_folder + audit::kFileName),
      permits_(config.state_folder + kPermitFolder) {}

std::size_t Executors::count(Kind kind, const ipc::Caller* of) const {
  return static_cast<std::size_t>(
      std::count_if(running_.begin(), running_.end(), [&](const Running& running) {
        const ipc::Caller& caller = running.order.caller;
        return running.kind() == kind &&
               (of == nullptr || (caller.kind == of->kind && caller.name == of->name));
      }));
}

std::size_t Executors::count_ended(Kind kind) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(ended_, [kind](const Ended& each) { return each.kind == kind; }));
}

// What can be judged without asking a name service.
Result<void> Executors::check_caller(const ipc::Caller& caller, Role needs) const {
  if (caller.kind == ipc::Caller::Kind::user && !tickets_.is_good(caller.proof, caller.name, Clock::now())) {
    return fail(Errc::denied, "user " + caller.name + ": the login is too long ago");
  }
  return check_grants(caller, needs);
}

Result<void> Executors::check_grants(const ipc::Caller& caller, Role needs) const {
  if (!config_.grants.empty()) return {};
  const Asker asker{caller.kind == ipc::Caller::Kind::certificate, caller.name, caller.proof, {}};
  return fail(decide(config_.grants, asker, needs).error());
}

void Executors::add(ipc::RunOrder order, std::uint64_t id) {
  const auto* action = executor::find_action(order.call.class_name, order.call.method);
  if (action == nullptr) {
    return refuse(order, id, to_string(Errc::unsupported), order.call.method + ": is not carried out here");
  }
  if (auto fine = check_caller(order.caller, action->needs); !fine) {
    return refuse(order, id, to_string(fine.error().code), fine.error().what);
  }
  if (count(Kind::method) + count_ended(Kind::method) >= kMost ||
      count(Kind::method, &order.caller) >= kMostOfOne) {
    return refuse(order, id, kTooMany,
                  "too many methods are being carried out; try again when they are over");
  }
  begin(*action, {id, std::move(order), {}});
}

// A caller who brings no proof has to have been let in for this very watch before.
void Executors::add_watch(ipc::RunOrder order, std::uint64_t id) {
  const executor::Action& action = executor::watch_action();
  auto watch = ipc::parse_watch(order.call);
  if (!watch) return refuse(order, id, to_string(watch.error().code), watch.error().what);
  const auto admission = order.caller.proof.empty() ? Admission::earlier : Admission::now;
  Result<void> fine;
  if (admission == Admission::now) {
    fine = check_caller(order.caller, action.needs);
  } else if (auto known = permits_.find(order.caller, *watch, WallClock::now())) {
    order.caller = std::move(*known);
    fine = check_grants(order.caller, action.needs);
  } else {
    fine =
        fail(Errc::denied, ipc::words_of(order.caller) + ": was let in too long ago, or for something else");
  }
  if (!fine) return refuse(order, id, to_string(fine.error().code), fine.error().what);
  replace(watch->name, order.caller);
  if (count(Kind::watch) >= kMostWatches || count(Kind::watch, &order.caller) >= kMostWatchesOfOne) {
    return refuse(order, id, kTooMany, "too many log files are watched; unsubscribe from one");
  }
  if (count_ended(Kind::watch) > kMostStuck) {
    return refuse(
        order, id, kTooMany,
        std::to_string(kMostStuck) +
            " watchers of log files hang in the kernel; look for a file system that does not answer: "
            "cat /proc/mounts, dmesg");
  }
  begin(action, {id, std::move(order), Standing{std::move(*watch), admission}});
}

// Two at one place would tell everything twice.
void Executors::replace(const std::string& name, const ipc::Caller& caller) {
  const auto found = std::find_if(running_.begin(), running_.end(), [&](const Running& running) {
    return running.standing && running.standing->watch.name == name &&
           running.order.caller.name == caller.name;
  });
  if (found == running_.end()) return;
  Running over = std::move(*found);
  running_.erase(found);
  finish(over);
}

void Executors::unwatch(const std::string& name) {
  permits_.remove(name);
  for (Running& running : running_) {
    if (!running.standing || running.standing->watch.name != name) continue;
    running.overdue = running.account.empty() ? Clock::now() : Clock::now() + kLeave;
  }
}

void Executors::vouch(const std::string& name, const ipc::Caller& caller) {
  if (!check_caller(caller, Role::operate)) return;
  if (auto renewed = permits_.renew(name, caller, WallClock::now()); !renewed) {
    log::warning("monitor", renewed.error().what);
  }
}

void Executors::look_again_who_may_watch() {
  for (Running& running : running_) {
    if (running.standing) running.overdue = Clock::now();
  }
}

void Executors::begin(const executor::Action& action, Ordered ordered) {
  const Ordered copy = ordered;
  if (auto started = start(action, std::move(ordered)); !started) {
    log::error("monitor", started.error());
    refuse(copy.order, copy.id, to_string(started.error().code), started.error().what);
  }
}

Result<void> Executors::start(const executor::Action& action, Ordered ordered) {
  auto front = ipc::Channel::make_pair();
  auto control = ipc::Channel::make_pair();
  if (!front || !control) return fail(!front ? front.error() : control.error());
  Running running{std::move(ordered)};
  running.control = std::move(control->first);
  running.front = std::move(front->first);
  running.overdue = Clock::now() + kLongest;
  running.pid = ::fork();
  if (running.pid < 0) return fail(errno_error("fork"));
  if (running.pid == 0) {
    events_.in_child();
    executor::run_executor({config_.grants, config_.state_folder, running.order, action,
                            std::move(control->second), std::move(front->second)});
  }
  running_.push_back(std::move(running));
  return {};
}

Result<void> Executors::note(const ipc::RunOrder& order, std::uint64_t id, audit::Fields more) {
  audit::Fields fields = fields_of(order, id);
  for (auto& each : more) fields.push_back(std::move(each));
  auto noted = audit_.append(std::move(fields));
  if (!noted) log::error("audit", noted.error());
  return noted;
}

// A flood of refusals is counted, not written down one by one: it must not fill the disk.
bool Executors::is_flood() {
  const auto now = Clock::now();
  if (now - refusals_since_ >= std::chrono::seconds(1)) {
    refusals_since_ = now;
    refusals_ = 0;
  }
  return ++refusals_ > kMostRefusals;
}

void Executors::refuse(const ipc::RunOrder& order, std::uint64_t id, std::string_view code,
                       const std::string& why) {
  if (is_flood()) {
    ++unnoted_;
    return events_.refused(id, code, why);
  }
  audit::Fields more{{"event", "refused"},
                     {"arguments", arguments_text(order.call.arguments)},
                     {"why", why.substr(0, kMostOfValue)}};
  if (const auto unnoted = std::exchange(unnoted_, 0); unnoted > 0) {
    more.emplace_back("refused_before_without_a_line", std::to_string(unnoted));
  }
  static_cast<void>(note(order, id, std::move(more)).has_value());
  log::warning("monitor",
               order.call.method.substr(0, kMostOfValue) + " refused: " + why.substr(0, kMostOfValue));
  events_.refused(id, code, why);
}

// Remembered before it is watched: whoever is let in now may go on without a proof for a while.
Result<void> Executors::permit(const Running& running) {
  if (!running.standing || running.standing->admission == Admission::earlier) return {};
  auto permitted = permits_.add(running.order.caller, running.standing->watch, WallClock::now());
  if (!permitted) log::error("monitor", permitted.error());
  return permitted;
}

// The word to go on is given only when the intent is on disk.
bool Executors::grant(Running& running, std::string account) {
  running.account = std::move(account);
  const auto noted = note(running.order, running.id,
                          {{"event", "intent"},
                           {"account", running.account},
                           {"arguments", arguments_text(running.order.call.arguments)}});
  const auto permitted = noted ? permit(running) : noted;
  if (!permitted) {
    if (noted) {
      static_cast<void>(
          note(running.order, running.id,
               {{"event", "outcome"}, {"account", running.account}, {"outcome", "was not begun"}})
              .has_value());
    }
    events_.refused(running.id, to_string(Errc::internal), permitted.error().what);
    running.account.clear();
    running.front.reset();
    return false;
  }
  if (running.standing) running.overdue = Clock::time_point::max();
  events_.granted(running.id, std::move(running.front));
  const char word = 'g';
  return ::send(running.control.get(), &word, 1, MSG_NOSIGNAL) == 1;
}

bool Executors::listen(Running& running) {
  const bool in_time = Clock::now() < running.overdue;
  if (!in_time && running.account.empty()) return false;  // too late to be granted
  while (is_readable(running.control.get())) {
    std::array<char, executor::kMaxMessage> buffer;
    const ssize_t got = ::recv(running.control.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    const std::string words(buffer.data() + 1, static_cast<std::size_t>(got) - 1);
    const bool undecided = running.account.empty();
    if (buffer[0] == 'a' && undecided) {
      if (!grant(running, words)) return false;
    } else if (buffer[0] == 'd' && undecided) {
      refuse(running.order, running.id, to_string(Errc::denied), words);
      running.front.reset();
      return false;
    } else if (buffer[0] == 'o' && !undecided) {
      running.outcome = words;
    } else {
      return false;
    }
  }
  return in_time;
}

// The group first, then its leader is reaped: until then its number belongs to nobody else.
void Executors::finish(Running& running) {
  ::kill(-running.pid, SIGKILL);
  ::kill(running.pid, SIGKILL);
  ended_.push_back({running.pid, running.kind()});
  if (!running.account.empty()) {
    const std::string outcome = running.outcome.empty() ? "was ended" : running.outcome;
    static_cast<void>(note(running.order, running.id,
                           {{"event", "outcome"}, {"account", running.account}, {"outcome", outcome}})
                          .has_value());
  } else if (running.front) {
    // Neither granted nor refused yet: it died over the question.
    events_.refused(running.id, to_string(Errc::internal), "executor: ended before it was decided");
  }
}

void Executors::collect() {
  reap();
  for (std::size_t i = 0; i < running_.size();) {
    if (listen(running_[i])) {
      ++i;
      continue;
    }
    Running over = std::move(running_[i]);
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
    finish(over);
  }
  reap();
}

void Executors::clear() {
  for (auto& running : std::exchange(running_, {})) {
    static_cast<void>(listen(running));
    finish(running);
  }
  permits_.front_has_gone();
  reap();
}

void Executors::append_descriptors(std::vector<pollfd>& wait) const {
  for (const auto& running : running_) wait.push_back({running.control.get(), POLLIN, 0});
}

int Executors::wait_milliseconds() const {
  auto first = Clock::time_point::max();
  for (const auto& running : running_) first = std::min(first, running.overdue);
  if (first == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

// Without waiting: a process stuck in the kernel must not stop the monitor.
void Executors::reap() {
  std::erase_if(ended_, [](const Ended& each) {
    int status = 0;
    const pid_t gone = ::waitpid(each.pid, &status, WNOHANG);
    return gone == each.pid || (gone < 0 && errno == ECHILD);
  });
}

}  // namespace muster::agent
