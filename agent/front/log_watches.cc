// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/front/log_watches.h"

#include <algorithm>
#include <vector>

#include "agent/auth/principal.h"
#include "agent/front/log_match.h"
#include "agent/host/rows_writer.h"
#include "core/base/log.h"
#include "core/tls/digest.h"
#include "core/wsman/names.h"

namespace muster::agent {
namespace {

using namespace std::chrono_literals;
using wsman::Fault;
using enum wsman::FaultCode;

constexpr auto kAgain = 1s;  // after which an event that was not taken is handed on again
constexpr std::size_t kMostLines = 512;

ipc::WatchOrder order_of(const std::string& id, const wsman::Watch& watch) {
  ipc::WatchOrder order;
  order.name = tls::sha256_of(id);
  order.file = watch.log.file;
  order.expressions = watch.log.expressions;
  order.interval = watch.interval;
  order.begin = watch.begin == wsman::Watch::Begin::now ? ipc::Begin::now : ipc::Begin::where_it_was;
  order.place = watch.place == wsman::Watch::Place::kept ? ipc::Place::kept : ipc::Place::forgotten;
  return order;
}

// With the proof that the caller has brought, if any.
std::optional<ipc::Caller> caller_of(const wsman::Caller& from) {
  auto caller = auth::caller_of_key(from.principal);
  if (!caller) return std::nullopt;
  caller->proof = caller->kind == ipc::Caller::Kind::certificate ? from.subject : from.proof;
  caller->source = from.address;
  return caller;
}

// What the watcher says of the client's own words is about options.
Fault fault_of(const ipc::Frame& done) {
  const auto outcome = outcome_of(done);
  if (outcome) return {};
  if (outcome.error().code == Errc::malformed) return {invalid_options, outcome.error().what, "InvalidValue"};
  return wsman::to_fault(outcome.error());
}

// Whether the same order would be refused again.
bool is_final(const Fault& fault) {
  return fault.code == access_denied || fault.code == invalid_options;
}

}  // namespace

bool LogWatches::offers(std::string_view class_name) const {
  return cim::same_name(class_name, wsman::names::kLogFileClass);
}

std::optional<Fault> LogWatches::check(const wsman::Watch& watch) const {
  if (watch.filtered) {
    return Fault{
        event_source_unable,
        "events of class SCX_LogFile take no filter: options filename and regexps say what is an event"};
  }
  if (watch.log.file.empty()) {
    return Fault{invalid_options, "option filename is missing: which log file is watched", "InvalidValue"};
  }
  if (watch.log.expressions.empty()) {
    return Fault{invalid_options, "option regexps is missing: which lines are events", "InvalidValue"};
  }
  return std::nullopt;
}

void LogWatches::start(const std::string& id, const wsman::Watch& watch, const wsman::Caller& caller,
                       Listener listener) {
  const auto known = caller_of(caller);
  if (!known) return listener.started(Fault{access_denied});
  Standing& standing = standings_[id];
  standing.number = next_number_++;
  standing.caller = *known;
  standing.order = order_of(id, watch);
  standing.listener = std::move(listener);
  const auto number = standing.number;
  if (known->proof.empty()) {  // nobody waits for the answer
    standing.answered = true;
    standing.listener.started(std::nullopt);
  }
  if (Standing* const still = find(id, number)) ask(id, *still);
}

void LogWatches::refresh(const std::string& /*id*/) {}

void LogWatches::renewed(const std::string& id, const wsman::Caller& caller) {
  const auto found = standings_.find(id);
  const auto known = caller_of(caller);
  if (found != standings_.end() && known) monitor_.vouch(found->second.order.name, *known);
}

void LogWatches::stop(const std::string& id) {
  const auto found = standings_.find(id);
  if (found == standings_.end()) return;
  monitor_.unwatch(found->second.order.name);
  standings_.erase(found);
}

LogWatches::Standing* LogWatches::find(const std::string& id, std::uint64_t number) {
  const auto found = standings_.find(id);
  return found == standings_.end() || found->second.number != number ? nullptr : &found->second;
}

void LogWatches::ask(const std::string& id, Standing& standing) {
  standing.state = State::asking;
  standing.due = now_() + kPatience;
  standing.number = next_number_++;  // an answer to an earlier question is none to this one
  const ipc::RunOrder order{standing.caller, {}, 0, ipc::watch_call(standing.order)};
  monitor_.watch(order, [this, id, number = standing.number](MonitorClient::RunAnswer answer) {
    connected(id, number, std::move(answer));
  });
}

void LogWatches::connected(const std::string& id, std::uint64_t number, MonitorClient::RunAnswer answer) {
  Standing* const standing = find(id, number);
  if (standing == nullptr) return;  // not wanted any more: the watcher loses its front
  if (const auto* refused = std::get_if<Fault>(&answer)) return failed(id, *standing, *refused);
  standing->channel.emplace(std::move(std::get<Fd>(answer)), ipc::Party::front, ipc::Party::executor,
                            ipc::State::serving);
  standing->readable =
      loop_.when_readable(standing->channel->fd(), [this, id, number] { arrived(id, number); });
}

void LogWatches::arrived(const std::string& id, std::uint64_t number) {
  for (Standing* standing = find(id, number); standing != nullptr && standing->channel;
       standing = find(id, number)) {
    auto arrival = standing->channel->receive();
    if (!arrival) return failed(id, *standing, {endpoint_unavailable, "the watcher has died"});
    if (!*arrival) return;
    take(id, *standing, std::move((*arrival)->frame));
  }
}

void LogWatches::take(const std::string& id, Standing& standing, ipc::Frame frame) {
  if (frame.tag == ipc::Tag::watching) return is_watching(standing);
  if (frame.tag == ipc::Tag::done) return failed(id, standing, fault_of(frame));
  const bool sound = frame.tag == ipc::Tag::matches && standing.lines.empty() && !frame.fields.empty() &&
                     frame.fields.size() % 2 == 0 && frame.fields.size() <= kMostLines;
  if (!sound) return failed(id, standing, {internal_error, "the watcher speaks out of turn"});
  for (std::size_t i = 0; i < frame.fields.size(); i += 2) {
    standing.lines.push_back({std::move(frame.fields[i]), std::move(frame.fields[i + 1])});
  }
  standing.frame = frame.id;
  hand_on(id, standing.number);
}

void LogWatches::is_watching(Standing& standing) {
  standing.state = State::watching;
  standing.since = now_();
  standing.caller.proof.clear();  // it is begun again on the strength of the monitor's memory
  standing.order.begin = ipc::Begin::where_it_was;
  if (std::exchange(standing.answered, true)) return;
  standing.listener.started(std::nullopt);
}

// The next line, or the word to the watcher that all were taken.
void LogWatches::hand_on(const std::string& id, std::uint64_t number) {
  Standing* const standing = find(id, number);
  if (standing == nullptr || standing->handing_on || standing->again || !standing->channel) return;
  if (standing->lines.empty()) {
    static_cast<void>(
        standing->channel->send({ipc::Tag::taken, standing->frame, {}}).has_value());  // or it is gone
    return;
  }
  standing->handing_on = true;
  const Line& line = standing->lines.front();
  const auto event = standing->listener.event;  // whoever hears may stop the watch
  event(log_match(standing->order.file, line.numbers, line.text),
        [this, id, number](const std::optional<Fault>& problem) { was_taken(id, number, problem); });
}

// Not within the source of the event: five hundred of them would be five hundred frames of the stack.
void LogWatches::was_taken(const std::string& id, std::uint64_t number, const std::optional<Fault>& problem) {
  Standing* const standing = find(id, number);
  if (standing == nullptr) return;
  standing->handing_on = false;
  if (problem && problem->code != encoding_limit) {
    standing->again = now_() + kAgain;
    return;
  }
  standing->lines.pop_front();
  loop_.post([this, id, number] { hand_on(id, number); });
}

// What was handed on of the last frame, and was not said to be taken, comes again.
void LogWatches::rest(Standing& standing) {
  standing.readable.reset();
  standing.channel.reset();
  standing.lines.clear();
  standing.handing_on = false;
  standing.again.reset();
  standing.number = next_number_++;
  if (standing.state == State::watching && now_() - standing.since >= kStable) {
    standing.pause = kShortestPause;
  }
  standing.state = State::resting;
  standing.due = now_() + standing.pause;
  standing.pause = std::min(2 * standing.pause, kLongestPause);
}

void LogWatches::failed(const std::string& id, Standing& standing, const Fault& why) {
  if (!standing.answered || is_final(why)) return end(id, why);
  log::warning("front", "the watch of " + standing.order.file + " is begun again: " + why.reason);
  rest(standing);
}

void LogWatches::end(const std::string& id, const Fault& why) {
  const auto found = standings_.extract(id);
  if (!found) return;
  monitor_.unwatch(found.mapped().order.name);
  const Listener listener = found.mapped().listener;
  if (found.mapped().answered) return listener.ended(why);
  listener.started(why);
}

void LogWatches::tick() {
  const auto now = now_();
  std::vector<std::pair<std::string, std::uint64_t>> due;
  for (const auto& [id, standing] : standings_) due.emplace_back(id, standing.number);
  for (const auto& [id, number] : due) {
    Standing* const standing = find(id, number);
    if (standing == nullptr) continue;
    if (standing->state == State::resting && standing->due <= now) {
      ask(id, *standing);
    } else if (standing->state == State::asking && standing->due <= now) {
      failed(id, *standing, {timed_out, "the watcher does not answer"});
    } else if (standing->again && *standing->again <= now) {
      standing->again.reset();
      hand_on(id, number);
    }
  }
}

}  // namespace muster::agent
