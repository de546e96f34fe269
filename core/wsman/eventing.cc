// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/eventing.h"

#include <algorithm>
#include <utility>

#include "core/wsman/enumerate_plan.h"
#include "core/wsman/request.h"

namespace muster::wsman {
namespace {

using Problem = std::optional<Fault>;
using enum FaultCode;

constexpr std::size_t kMaxClasses = 32;  // that one base class may stand for

// Fields that hold anything, told apart by their sizes.
void append_field(std::string& out, std::string_view field) {
  out.append(std::to_string(field.size())).append(":").append(field);
}

std::string words_of(const Request& request) {
  std::string words;
  append_field(words, request.class_name);
  append_field(words, std::to_string(static_cast<int>(request.shape.dialect)));
  append_field(words, request.shape.expression);
  append_field(words, request.shape.nulls == ItemShape::Nulls::sent ? "sent" : "left out");
  append_field(words, std::to_string(request.interval.count()));
  for (const cim::Selector& each : request.wanted) {
    append_field(words, each.name);
    append_field(words, each.value);
  }
  return words;
}

Problem plan(const Request& request, const std::vector<const cim::Class*>& classes, Watch& out) {
  if (request.subject == Subject::declarations) {
    return Fault{action_not_supported, "declarations of classes do not change"};
  }
  if (!request.selectors.empty()) {
    return Fault{invalid_selectors, "Subscribe takes no key selectors", "UnexpectedSelectors"};
  }
  if (Problem problem = plan_enumeration(request, classes, out.queries)) {
    if (problem->code == cannot_process_filter) problem->code = event_source_unable;
    return problem;
  }
  if (out.queries.size() > kMaxClasses) {
    return Fault{event_source_unable, "class " + request.class_name + " stands for too many classes"};
  }
  out.class_name = request.class_name;
  out.interval = request.interval;
  out.filtered = request.subscribe->filtered;
  out.words = words_of(request);
  return std::nullopt;
}

Fault unusable(std::string reason, std::string_view detail) {
  return {event_deliver_to_unusable, std::move(reason), detail};
}

}  // namespace

std::string stream_of(const std::string& principal, const Watch& watch) {
  std::string stream;
  append_field(stream, principal);
  return stream + watch.words;
}

Eventing::Eventing(InstanceSource& source, std::function<Time()> now)
    : classes_(source.classes()), now_(now), thresholds_(source, std::move(now)), sources_{&thresholds_} {}

void Eventing::deliver_by(Courier& courier) {
  courier_ = &courier;
  courier.listen({[this](const Order& order) { resume(order); },
                  [this](const std::string& id) { forget(id, {invalid_enumeration_context}); },
                  [this](const std::string& id, KeptEvent event) { arrived(id, std::move(event)); },
                  [this] { end_kept_pulls(); }});
}

EventSource& Eventing::source_for(const Watch& watch) const {
  const auto found = std::find_if(sources_.begin(), sources_.end(), [&](const EventSource* source) {
    return source->offers(watch.class_name);
  });
  return **found;  // the thresholds offer every class
}

Problem Eventing::check_sink(const Request& request) const {
  const SubscribeWish& wish = *request.subscribe;
  if (wish.pulls()) return std::nullopt;
  for (const EndpointReference* each : {&wish.notify_to, &wish.end_to}) {
    if (each->address.empty()) continue;
    const Result<SinkAddress> sink = parse_sink(each->address);
    if (!sink) {
      const bool insecure = sink.error().code == Errc::unsupported;
      return unusable(sink.error().what, insecure ? "InsecureAddress" : "UnusableAddress");
    }
    if (courier_ == nullptr || !courier_->sends_to(*sink)) {
      return unusable(sink->host + ":" + std::to_string(sink->port) +
                          " is not among the destinations that the agent's configuration allows",
                      "UnusableAddress");
    }
  }
  return std::nullopt;
}

Problem Eventing::check(const Request& request, Watch& out) const {
  if (Problem problem = check_sink(request)) return problem;
  if (Problem problem = plan(request, classes_, out)) return problem;
  if (Problem problem = source_for(out).check(out)) return problem;
  if (request.subscribe->wants_bookmarks() && courier_ == nullptr) {
    return Fault{unsupported_feature, "events are not kept here", "Bookmarks"};
  }
  return std::nullopt;
}

void Eventing::open(const Order& order, const Request& request, const Watch& watch, Opened opened) {
  const bool kept = !request.subscribe->pulls() || request.subscribe->wants_bookmarks();
  if (!kept) {
    begin(order, request, watch);
    return opened(std::nullopt);
  }
  if (order.text.size() > Courier::kMaxText) {
    return opened(
        Fault{encoding_limit, "a Subscribe that is kept has at most 32,768 octets", "ServiceEnvelopeLimit"});
  }
  // Known before the courier answers: what it has kept of the stream may follow at once.
  begin(order, request, watch);
  courier_->open(order, [this, id = order.id, opened = std::move(opened)](const Problem& problem) {
    if (problem) forget(id, *problem);
    opened(problem);
  });
}

void Eventing::begin(const Order& order, const Request& request, const Watch& watch) {
  const SubscribeWish& wish = *request.subscribe;
  const bool kept = !wish.pulls() || wish.wants_bookmarks();
  const std::string key = kept ? order.stream : order.id;
  subscriptions.open(
      order.id,
      {order.principal, request.class_name, wish.mode, kept ? order.stream : "", wish.send_bookmarks},
      order.lifetime, now_());
  Watched& watched = watched_[key];
  if (watched.subscriptions++ > 0) return watched.source->refresh(key);
  watched.source = &source_for(watch);
  watched.source->start(key, watch, [this, key, kept](const std::string& item) {
    if (!kept) return arrived(key, {item, {}});
    courier_->put(key, item);
  });
}

void Eventing::close(const std::string& id) {
  const Subscription* const found = subscriptions.find(id);
  if (found == nullptr) return;
  if (!found->stream.empty()) courier_->close(id);
  forget(id, {invalid_enumeration_context});
}

void Eventing::forget(const std::string& id, const Fault& why) {
  const Subscription* const found = subscriptions.find(id);
  if (found == nullptr) return;
  const std::string key = found->stream.empty() ? id : found->stream;
  subscriptions.close(id);
  const auto watched = watched_.find(key);
  if (watched != watched_.end() && --watched->second.subscriptions == 0) {
    watched->second.source->stop(key);
    watched_.erase(watched);
  }
  if (auto waiter = waiting_.extract(id)) waiter.mapped().given_up(why);
}

void Eventing::renew(const std::string& id, Subscriptions::Lifetime lifetime) {
  subscriptions.renew(id, lifetime, now_());
  const Subscription* const found = subscriptions.find(id);
  if (found != nullptr && !found->stream.empty()) {
    courier_->renew(id, lifetime);
  }
}

void Eventing::tick() {
  for (const std::string& id : subscriptions.expired(now_())) close(id);
  std::vector<Waiter> late;
  for (auto each = waiting_.begin(); each != waiting_.end();) {
    const auto here = each++;
    if (now_() >= here->second.until) late.push_back(std::move(waiting_.extract(here).mapped()));
  }
  for (const Waiter& waiter : late) waiter.given_up({timed_out, "no event has come in this time"});
  thresholds_.tick();
  for (EventSource* source : sources_) {
    if (source != &thresholds_) source->tick();
  }
}

void Eventing::wait(const std::string& id, Waiter waiter) {
  if (auto earlier = waiting_.extract(id)) {
    earlier.mapped().given_up({timed_out, "another Pull waits for this subscription now"});
  }
  waiting_.insert_or_assign(id, std::move(waiter));
}

void Eventing::time_out_waiting() {
  const auto all = std::exchange(waiting_, {});
  for (const auto& [id, waiter] : all) waiter.given_up({timed_out, "the agent is about to end"});
}

void Eventing::arrived(const std::string& id, KeptEvent event) {
  if (!subscriptions.add(id, std::move(event))) return;
  if (auto waiter = waiting_.extract(id)) waiter.mapped().arrived();
}

// Their callers have bookmarks to go on from.
void Eventing::end_kept_pulls() {
  for (const std::string& id : subscriptions.pulled_from_streams()) forget(id, {invalid_enumeration_context});
}

// Read from the message anew: a class that is gone since, or a sink that is not allowed any more, ends it.
void Eventing::resume(const Order& order) {
  if (subscriptions.knows(order.id)) return;
  Request request;
  Watch watch;
  Problem problem = parse_request(order.text, "", request);
  if (!problem && !request.subscribe) problem = Fault{invalid_message};
  if (!problem) problem = check(request, watch);
  if (!problem) problem = subscriptions.check_room(order.principal);
  if (!problem && stream_of(order.principal, watch) != order.stream) problem = Fault{invalid_message};
  if (problem) return courier_->close(order.id);
  begin(order, request, watch);
}

}  // namespace muster::wsman
