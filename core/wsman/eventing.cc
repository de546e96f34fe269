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
  if (!request.log.file.empty()) {
    append_field(words, request.log.file);
    for (const std::string& each : request.log.expressions) append_field(words, each);
  }
  return words;
}

bool is_kept(const SubscribeWish& wish) {
  return !wish.pulls() || wish.wants_bookmarks();
}

// Under which a subscription's watch is known.
std::string key_of(const std::string& id, const Subscription& subscription) {
  return subscription.stream.empty() ? id : subscription.stream;
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
  out.log = request.log;
  out.begin = request.subscribe->bookmark ? Watch::Begin::where_it_was : Watch::Begin::now;
  out.place = is_kept(*request.subscribe) ? Watch::Place::kept : Watch::Place::forgotten;
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
                  [this] { end_kept_pulls(); },
                  [this](const std::set<std::string>& ids) { end_pushed_but(ids); },
                  [this](const std::string& id, std::uint64_t events) { dropped(id, events); }});
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

void Eventing::open(const Order& order, const Request& request, const Watch& watch, const Caller& caller,
                    Opened opened) {
  if (!is_kept(*request.subscribe)) {
    remember(order, request);
    return start(order.id, watch, caller, std::move(opened));
  }
  if (order.text.size() > Courier::kMaxText) {
    return opened(
        Fault{encoding_limit, "a Subscribe that is kept has at most 32,768 octets", "ServiceEnvelopeLimit"});
  }
  if (order.stream.size() > Courier::kMaxStream) {
    return opened(Fault{encoding_limit, "the condition of a Subscribe that is kept has at most 9,000 octets",
                        "ServiceEnvelopeLimit"});
  }
  // Known before the courier answers: what it has kept of the stream may follow at once. Its source starts when there
  // is a stream for its events.
  remember(order, request);
  courier_->open(order,
                 [this, id = order.id, watch, caller, opened = std::move(opened)](const Problem& problem) {
                   if (!problem) return start(id, watch, caller, opened);
                   forget(id, *problem);
                   opened(problem);
                 });
}

void Eventing::remember(const Order& order, const Request& request) {
  const SubscribeWish& wish = *request.subscribe;
  const std::string stream = is_kept(wish) ? order.stream : "";
  subscriptions.open(order.id, {order.principal, request.class_name, wish.mode, stream, wish.send_bookmarks},
                     order.lifetime, now_());
  watched_[stream.empty() ? order.id : stream].subscriptions.insert(order.id);
}

void Eventing::start(const std::string& id, const Watch& watch, const Caller& caller, Opened opened) {
  const Subscription* const found = subscriptions.find(id);
  if (found == nullptr) {
    if (watch.place == Watch::Place::kept) courier_->close(id);
    return opened(Fault{endpoint_unavailable, "the subscription has ended meanwhile"});
  }
  const std::string key = key_of(id, *found);
  Watched& watched = watched_[key];
  if (watched.started) {
    watched.source->refresh(key);
    watched.source->renewed(key, caller);
    return opened(std::nullopt);
  }
  watched.waiting.emplace(id, std::move(opened));
  if (watched.source != nullptr) return;  // it is about to start
  watched.source = &source_for(watch);
  watched.source->start(key, watch, caller, listener_of(key, watch.place));
}

EventSource::Listener Eventing::listener_of(const std::string& key, Watch::Place place) {
  EventSource::Emit event = [this, key](const std::string& item, EventSource::Taken taken) {
    courier_->put(key, item, std::move(taken));
  };
  if (place == Watch::Place::forgotten) {
    event = [this, key](const std::string& item, const EventSource::Taken& taken) {
      arrived(key, {item, {}});
      if (taken) taken(std::nullopt);
    };
  }
  return {std::move(event), [this, key](const Problem& problem) { started(key, problem); },
          [this, key](const Fault& why) { source_ended(key, why); }};
}

void Eventing::started(const std::string& key, const Problem& problem) {
  if (problem) return source_ended(key, *problem);
  const auto found = watched_.find(key);
  if (found == watched_.end()) return;
  found->second.started = true;
  for (const auto& [id, opened] : std::exchange(found->second.waiting, {})) opened(std::nullopt);
}

// Whoever still waits for the answer to a Subscribe is told by it, the others by SubscriptionEnd.
void Eventing::source_ended(const std::string& key, const Fault& why) {
  const auto found = watched_.extract(key);
  if (!found) return;
  const Watched& over = found.mapped();
  for (const std::string& id : over.subscriptions) {
    const Subscription* const each = subscriptions.find(id);
    const bool kept = each != nullptr && !each->stream.empty();
    subscriptions.close(id);
    if (kept && over.waiting.contains(id)) {
      courier_->close(id);
    } else if (kept) {
      courier_->end(id, why.reason);
    }
    give_up(id, why);
  }
  for (const auto& [id, opened] : over.waiting) opened(why);
}

void Eventing::give_up(const std::string& id, const Fault& why) {
  if (auto waiter = waiting_.extract(id)) waiter.mapped().given_up(why);
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
  const std::string key = key_of(id, *found);
  subscriptions.close(id);
  Watched& watched = watched_[key];
  watched.subscriptions.erase(id);
  const auto unanswered = watched.waiting.extract(id);
  if (watched.subscriptions.empty()) {
    if (watched.source != nullptr) watched.source->stop(key);
    watched_.erase(key);
  }
  if (unanswered) unanswered.mapped()(why);
  give_up(id, why);
}

void Eventing::renew(const std::string& id, Subscriptions::Lifetime lifetime, const Caller& caller) {
  subscriptions.renew(id, lifetime, now_());
  const Subscription* const found = subscriptions.find(id);
  if (found == nullptr) return;
  if (!found->stream.empty()) courier_->renew(id, lifetime);
  const Watched& watched = watched_[key_of(id, *found)];
  if (watched.source != nullptr) watched.source->renewed(key_of(id, *found), caller);
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

void Eventing::stop_waiting(const std::string& id) {
  give_up(id, {timed_out, "the client has left"});
}

void Eventing::time_out_waiting() {
  const auto all = std::exchange(waiting_, {});
  for (const auto& [id, waiter] : all) waiter.given_up({timed_out, "the agent is about to end"});
}

void Eventing::arrived(const std::string& id, KeptEvent event) {
  if (subscriptions.add(id, std::move(event))) answer_waiter(id);
}

void Eventing::dropped(const std::string& id, std::uint64_t events) {
  if (subscriptions.drop(id, events)) answer_waiter(id);
}

void Eventing::answer_waiter(const std::string& id) {
  if (auto waiter = waiting_.extract(id)) waiter.mapped().arrived();
}

// Their callers have bookmarks to go on from.
void Eventing::end_kept_pulls() {
  for (const std::string& id : subscriptions.pulled_from_streams()) forget(id, {invalid_enumeration_context});
}

// Their time was over by the clock on the wall, or what was kept of them could not be read.
void Eventing::end_pushed_but(const std::set<std::string>& ids) {
  for (const std::string& id : subscriptions.pushed()) {
    if (!ids.contains(id)) forget(id, {invalid_enumeration_context});
  }
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
  watch.begin = Watch::Begin::where_it_was;
  remember(order, request);
  start(order.id, watch, {order.principal}, [](const Problem&) {});
}

}  // namespace muster::wsman
