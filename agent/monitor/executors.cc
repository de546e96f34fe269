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
#include "core/base/log.h"
#include "core/tls/digest.h"

namespace muster::agent {
namespace {

// Octets in the audit log, of one value (its hash tells the rest) and of all arguments: the front may have been taken
// over, and a line has to stay one that can be read again.
constexpr std::size_t kMostOfValue = 2048;
constexpr std::size_t kMostOfArguments = std::size_t{16} * 1024;

// The arguments in words, each cut: a script may be long.
std::string arguments_text(const cim::Arguments& arguments) {
  std::string text;
  for (const auto& argument : arguments) {
    for (const auto& value : argument.values) {
      if (text.size() >= kMostOfArguments) return text.append("; ... and more");
      text.append(text.empty() ? "" : "; ")
          .append(argument.name, 0, kMostOfValue)
          .append("=")
          .append(value, 0, kMostOfValue);
      if (value.size() <= kMostOfValue) continue;
      text.append("... (").append(std::to_string(value.size())).append(" octets, SHA-256 ");
      text.append(tls::sha256_of(value)).append(")");
    }
  }
  return text;
}

bool is_readable(int fd) {
  pollfd look{fd, POLLIN, 0};
  return ::poll(&look, 1, 0) > 0;
}

}  // namespace

Executors::Executors(const Config& config, const Tickets& tickets, Events events)
    : config_(config),
      tickets_(tickets),
      events_(std::move(events)),
      audit_(config.state_folder + audit::kFileName) {}

std::size_t Executors::count_of(const ipc::Caller& caller) const {
  return static_cast<std::size_t>(
      std::count_if(running_.begin(), running_.end(), [&](const Running& running) {
        return running.order.caller.kind == caller.kind && running.order.caller.name == caller.name;
      }));
}

// What can be judged without asking a name service.
Result<const executor::Action*> Executors::check(const ipc::RunOrder& order) const {
  const auto* action = executor::find_action(order.call.class_name, order.call.method);
  if (action == nullptr) return fail(Errc::unsupported, order.call.method + ": is not carried out here");
  if (order.caller.kind == ipc::Caller::Kind::user &&
      !tickets_.is_good(order.caller.proof, order.caller.name, Clock::now())) {
    return fail(Errc::denied, "user " + order.caller.name + ": the login is too long ago");
  }
  if (config_.grants.empty()) {
    const Asker asker{
        order.caller.kind == ipc::Caller::Kind::certificate, order.caller.name, order.caller.proof, {}};
    return fail(decide(config_.grants, asker, action->needs).error());
  }
  return action;
}

void Executors::add(ipc::RunOrder order, std::uint64_t id) {
  const auto action = check(order);
  if (!action) return refuse(order, id, to_string(action.error().code), action.error().what);
  if (running_.size() + ended_.size() >= kMost || count_of(order.caller) >= kMostOfOne) {
    return refuse(order, id, kTooMany,
                  "too many methods are being carried out; try again when they are over");
  }
  const ipc::RunOrder copy = order;
  if (auto started = start(**action, std::move(order), id); !started) {
    log::error("monitor", started.error());
    refuse(copy, id, to_string(started.error().code), started.error().what);
  }
}

Result<void> Executors::start(const executor::Action& action, ipc::RunOrder order, std::uint64_t id) {
  auto front = ipc::Channel::make_pair();
  auto control = ipc::Channel::make_pair();
  if (!front || !control) return fail(!front ? front.error() : control.error());
  Running running;
  running.id = id;
  running.order = std::move(order);
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
  audit::Fields fields{{"call", std::to_string(id)},
                       {"actor", ipc::words_of(order.caller)},
                       {"via", order.caller.source},
                       {"class", order.call.class_name},
                       {"method", order.call.method}};
  if (order.caller.kind == ipc::Caller::Kind::certificate) {
    fields.emplace_back("fingerprint", order.caller.name);
  }
  for (auto& [name, value] : fields) value.resize(std::min(value.size(), kMostOfValue));
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

// The word to go on is given only when the intent is on disk.
bool Executors::grant(Running& running, std::string account) {
  running.account = std::move(account);
  const auto noted = note(running.order, running.id,
                          {{"event", "intent"},
                           {"account", running.account},
                           {"arguments", arguments_text(running.order.call.arguments)}});
  if (!noted) {
    events_.refused(running.id, to_string(Errc::internal), noted.error().what);
    running.account.clear();
    running.front.reset();
    return false;
  }
  events_.granted(running.id, std::move(running.front));
  const char word = 'g';
  return ::send(running.control.get(), &word, 1, MSG_NOSIGNAL) == 1;
}

bool Executors::listen(Running& running) {
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
  return Clock::now() < running.overdue;
}

// The group first, then its leader is reaped: until then its number belongs to nobody else.
void Executors::finish(Running& running) {
  ::kill(-running.pid, SIGKILL);
  ::kill(running.pid, SIGKILL);
  ended_.push_back(running.pid);
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
  reap();
}

void Executors::append_descriptors(std::vector<pollfd>& wait) const {
  for (const auto& running : running_) wait.push_back({running.control.get(), POLLIN, 0});
}

int Executors::wait_milliseconds() const {
  if (running_.empty()) return -1;
  auto first = running_.front().overdue;
  for (const auto& running : running_) first = std::min(first, running.overdue);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

// Without waiting: a process stuck in the kernel must not stop the monitor.
void Executors::reap() {
  std::erase_if(ended_, [](pid_t pid) {
    int status = 0;
    const pid_t gone = ::waitpid(pid, &status, WNOHANG);
    return gone == pid || (gone < 0 && errno == ECHILD);
  });
}

}  // namespace muster::agent
