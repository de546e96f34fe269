// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/courier/deliveries.h"

#include <algorithm>
#include <utility>

#include "agent/courier/bookmark.h"
#include "agent/courier/courier.h"
#include "core/base/log.h"
#include "core/wsman/event_message.h"
#include "core/wsman/request.h"
#include "core/wsman/subscription.h"

namespace muster::courier {
namespace {

using wsman::Fault;
using enum wsman::FaultCode;
using SteadyClock = std::chrono::steady_clock;
using SystemClock = std::chrono::system_clock;

constexpr std::size_t kReplyLimit = std::size_t{64} * 1024;
constexpr std::size_t kMostFarewells = 16;
// Also when the clock was set back.
constexpr std::chrono::milliseconds kLongestLife = wsman::Subscriptions::kLongest;
constexpr std::uint64_t kForgottenAtOnce = 64;  // a log is rewritten for no fewer

const std::vector<http::Field>& fields() {
  static const std::vector<http::Field> kFields{{"Content-Type", "application/soap+xml;charset=UTF-8"}};
  return kFields;
}

// The front has read the same message with the same reader: what it took is sound.
std::optional<wsman::SubscribeWish> wish_of(const wsman::Order& order) {
  wsman::Request request;
  if (wsman::parse_request(order.text, "", request) || !request.subscribe) return std::nullopt;
  return *request.subscribe;
}

// Numbers of a log that is gone, and those that its end has lost, mean other events by and by: what waited under them
// is lost, and counts as one drop at least.
Position position_in(const EventLog& log, Position known) {
  const bool same = known.generation == log.generation();
  const bool sound = (same || known.generation == 0) && known.taken <= log.last();
  if (!sound) {
    known.taken = same ? log.last() : log.first() - 1;
    ++known.dropped;
  }
  known.generation = log.generation();
  return known;
}

std::unique_ptr<http::Client> client_for(http::Loop& loop, const wsman::SinkAddress& sink,
                                         const std::shared_ptr<tls::Context>& context) {
  return http::Client::create(loop, {sink.host, sink.port, {}}, context, kReplyLimit);
}

}  // namespace

Deliveries::Deliveries(http::Loop& loop, Store store, Destinations destinations,
                       std::shared_ptr<tls::Context> context, wsman::Random random, Listener listener)
    : loop_(loop),
      store_(std::move(store)),
      destinations_(std::move(destinations)),
      context_(std::move(context)),
      random_(std::move(random)),
      listener_(std::move(listener)) {
  hourly_ = loop_.every(std::chrono::hours(1), [this] { store_.sweep(SystemClock::now()); });
}

std::vector<wsman::Order> Deliveries::resume() {
  std::vector<wsman::Order> resumed;
  const auto now = SystemClock::now();
  for (OrderFile& file : store_.orders(now)) {
    wsman::Order order = file.order();
    order.lifetime = std::min(std::chrono::ceil<std::chrono::milliseconds>(file.dies() - now), kLongestLife);
    const auto wish = wish_of(order);
    if (!wish) file.remove();
    const auto problem = wish ? take_up(std::move(file), *wish) : Fault{invalid_message};
    if (problem) {
      log::warning("courier", "subscription " + order.id + " does not go on: " + problem->reason);
    } else {
      resumed.push_back(std::move(order));
    }
  }
  store_.sweep(now);
  return resumed;
}

Deliveries::Problem Deliveries::take_up(OrderFile file, const wsman::SubscribeWish& wish) {
  const auto sink = wsman::parse_sink(wish.notify_to.address);
  const bool end_to = wish.end_to.address.empty() || destinations_.allow(wish.end_to.address);
  if (!sink || !destinations_.allow(*sink) || !end_to) {
    file.remove();
    return Fault{event_deliver_to_unusable, "this destination is not allowed", "UnusableAddress"};
  }
  const auto stream = store_.stream(file.order().stream);
  if (!stream) {
    file.remove();
    return Fault{quota_limit, stream.error().what};
  }
  if (wish.wants_bookmarks()) marked_.insert(file.order().stream);
  const std::string id = file.order().id;
  const Position position = position_in(**stream, file.position());
  pushed_[id] = std::make_shared<Pushed>(
      Pushed{std::move(file), Outbox(wish, position, SteadyClock::now(), random_), *sink, nullptr});
  write_down(*pushed_[id]);
  return std::nullopt;
}

Deliveries::Problem Deliveries::open(const wsman::Order& order) {
  const auto wish = wish_of(order);
  if (!wish) return Fault{invalid_message};
  if (pushed_.contains(order.id) || pulled_.contains(order.id)) return std::nullopt;  // asked twice
  if (pushed_.size() + pulled_.size() >= Store::kMostOrders) {
    return Fault{quota_limit, "64 subscriptions are open"};
  }
  const auto stream = store_.stream(order.stream);
  if (!stream) {
    log::error("courier", stream.error());
    return Fault{internal_error, "events cannot be kept"};
  }
  store_.sweep(SystemClock::now());
  Position position{.taken = (*stream)->last(), .generation = (*stream)->generation()};
  if (wish->bookmark) {
    if (auto problem = read_bookmark(*wish->bookmark, **stream, position.taken)) {
      close_if_unread(order.stream);
      return problem;
    }
  }
  if (wish->pulls()) {
    marked_.insert(order.stream);
    pulled_[order.id] = {order.stream, position.taken};
    return std::nullopt;
  }
  auto file = store_.keep(order, position, SystemClock::now());
  if (!file) {
    log::error("courier", file.error());
    close_if_unread(order.stream);
    return Fault{internal_error, "the subscription cannot be kept"};
  }
  auto problem = take_up(std::move(*file), *wish);
  if (problem) close_if_unread(order.stream);
  return problem;
}

Deliveries::Problem Deliveries::put(const std::string& stream, const std::string& item, Loss loss) {
  EventLog* const log = store_.find(stream);
  if (log == nullptr) return std::nullopt;  // its last subscription ended meanwhile
  const auto kept = keep(stream, *log, item);
  if (!kept) {
    log::error("courier", kept.error());
    if (loss == Loss::counted) lost(stream, 1);
    return Fault{internal_error, "the event cannot be kept"};
  }
  return std::nullopt;
}

// After a power cut an earlier position would make drops of what was delivered, and tell drops twice that were told. On
// a disk that fails that is better than to lose events.
Result<void> Deliveries::keep(const std::string& stream, EventLog& log, const std::string& item) {
  if (!log.has_room_for(item)) {
    if (const auto safe = put_positions_on_disk(stream); !safe) log::error("courier", safe.error());
  }
  const auto number = log.append(item);
  return number ? Result<void>{} : fail(number.error());
}

void Deliveries::lost(const std::string& stream, std::uint64_t events) {
  for (auto& [id, pushed] : pushed_) {
    if (pushed->file.order().stream != stream) continue;
    pushed->outbox.lost(events);
    write_down(*pushed);
  }
  for (auto& [id, pulled] : pulled_) {
    if (pulled.stream == stream) pulled.dropped += events;
  }
}

Deliveries::Problem Deliveries::renew(const std::string& id, std::chrono::milliseconds lifetime) {
  const auto found = pushed_.find(id);
  if (found == pushed_.end()) return std::nullopt;
  if (auto written = found->second->file.renew(lifetime, SystemClock::now()); !written) {
    log::error("courier", written.error());
    return Fault{internal_error, "the renewal cannot be kept"};
  }
  return std::nullopt;
}

void Deliveries::close(const std::string& id) {
  std::string stream;
  if (const auto found = pushed_.find(id); found != pushed_.end()) {
    stream = found->second->file.order().stream;
    found->second->file.remove();
    pushed_.erase(found);
  }
  if (const auto found = pulled_.find(id); found != pulled_.end()) {
    stream = found->second.stream;
    pulled_.erase(found);
  }
  if (!stream.empty()) close_if_unread(stream);
}

void Deliveries::end_for_source(const std::string& id, const std::string& why) {
  if (const auto found = pushed_.find(id); found != pushed_.end()) {
    log::notice("courier", "subscription " + id + " ends: " + why);
    say_end(*found->second, wsman::EndStatus::source_cancelling, why);
  }
  close(id);
}

void Deliveries::close_if_unread(const std::string& stream) {
  const bool pushed = std::any_of(pushed_.begin(), pushed_.end(), [&](const auto& each) {
    return each.second->file.order().stream == stream;
  });
  const bool pulled = std::any_of(pulled_.begin(), pulled_.end(),
                                  [&](const auto& each) { return each.second.stream == stream; });
  if (pushed || pulled) return;
  store_.close(stream, marked_.erase(stream) > 0 ? Store::Fate::kept : Store::Fate::removed);
}

void Deliveries::tick() {
  const auto all = pushed_;  // sending may end one
  for (const auto& [id, pushed] : all) send_due(id, pushed);
  for (auto& [id, pulled] : pulled_) tell(id, pulled);
}

void Deliveries::tell(const std::string& id, Pulled& pulled) {
  const EventLog* const log = store_.find(pulled.stream);
  if (log == nullptr) return;
  if (pulled.told + 1 < log->first()) {  // the log was full
    pulled.dropped += log->first() - 1 - pulled.told;
    pulled.told = log->first() - 1;
  }
  if (pulled.dropped > 0 && !listener_.dropped(id, pulled.dropped)) return;
  pulled.dropped = 0;
  for (auto number = pulled.told + 1; number <= log->last(); ++number) {
    const auto item = log->read(number);
    if (!item || !listener_.arrived(id, {*item, bookmark_of(*log, number)})) return;
    pulled.told = number;
  }
}

void Deliveries::send_due(const std::string& id, const PushedPtr& pushed) {
  const EventLog* const log = store_.find(pushed->file.order().stream);
  if (log == nullptr) return;
  auto next = pushed->outbox.next(*log, SteadyClock::now());
  if (!next) return end(id, next.error().what, true);
  auto& message = *next;
  if (!message) return;
  const Position position = pushed->outbox.position();
  if (position.dropped > position.told) {  // else it could be told of fewer after a power cut
    if (auto safe = put_on_disk(*pushed); !safe) log::error("courier", safe.error());
  }
  if (!pushed->client) pushed->client = client_for(loop_, pushed->sink, context_);
  const std::string message_id = message->id;
  // A sink that gets it twice can tell by its MessageID.
  pushed->client->post(
      pushed->sink.target, fields(), std::move(message->text), agent::kDelivery, http::Repeat::safe,
      [this, id, weak = std::weak_ptr(pushed), message_id](const Result<http::Response>& answer) {
        const auto still = weak.lock();
        if (!still) return;
        answered(id, still, message_id, answer);
        loop_.post([still] {});  // the client must not go inside its own callback
      });
}

void Deliveries::answered(const std::string& id, const PushedPtr& pushed, const std::string& message_id,
                          const Result<http::Response>& answer) {
  ++answers_;
  Outbox& outbox = pushed->outbox;
  const bool plain = outbox.wish().mode == wsman::DeliveryMode::push;
  wsman::SinkReply reply{wsman::Reception::failed, answer ? "" : answer.error().what};
  if (answer) {
    reply = wsman::read_sink_reply(answer->status, answer->body,
                                   plain ? wsman::Ack::not_wanted : wsman::Ack::wanted, message_id);
  }
  if (reply.reception == wsman::Reception::failed) {
    log::info("courier", pushed->sink.host + ": an event was not taken: " + reply.why);
  }
  const std::uint64_t told = outbox.position().told;
  switch (outbox.received(reply, SteadyClock::now())) {
    case Outbox::Outcome::goes_on: break;
    case Outbox::Outcome::refused: return end(id, "the sink refused it", false);
    case Outbox::Outcome::given_up: return end(id, reply.why, true);
  }
  write_down(*pushed);
  if (outbox.position().told != told) {  // else it could be told again
    if (auto safe = put_on_disk(*pushed); !safe) log::error("courier", safe.error());
  }
  forget_taken(pushed->file.order().stream);
  loop_.post([this, id] {
    if (const auto found = pushed_.find(id); found != pushed_.end()) {
      const PushedPtr again = found->second;
      send_due(id, again);
    }
  });
}

void Deliveries::write_down(Pushed& pushed) {
  if (auto moved = pushed.file.move_to(pushed.outbox.position()); !moved) {
    log::error("courier", moved.error());
  }
}

Result<void> Deliveries::put_on_disk(Pushed& pushed) {
  if (auto moved = pushed.file.move_to(pushed.outbox.position()); !moved) return moved;
  return pushed.file.sync();
}

Result<void> Deliveries::put_positions_on_disk(const std::string& stream) {
  Result<void> all;
  for (const auto& [id, pushed] : pushed_) {
    if (pushed->file.order().stream != stream) continue;
    if (auto safe = put_on_disk(*pushed); !safe) all = std::move(safe);  // the others' are no worse for it
  }
  return all;
}

// Bookmarks may come back for what has been taken long ago; without any it is of no use.
void Deliveries::forget_taken(const std::string& stream) {
  EventLog* const log = store_.find(stream);
  if (log == nullptr || marked_.contains(stream)) return;
  std::uint64_t taken = log->last();
  for (const auto& [id, pushed] : pushed_) {
    if (pushed->file.order().stream == stream) taken = std::min(taken, pushed->outbox.position().taken);
  }
  if (taken < log->first() + kForgottenAtOnce - 1) return;
  if (auto safe = put_positions_on_disk(stream); !safe) return log::error("courier", safe.error());
  if (auto forgotten = log->forget_below(taken + 1); !forgotten) log::error("courier", forgotten.error());
}

void Deliveries::end(const std::string& id, const std::string& why, bool tell_sink) {
  const auto found = pushed_.find(id);
  if (found == pushed_.end()) return;
  log::notice("courier", "subscription " + id + " ends: " + why);
  if (tell_sink) say_end(*found->second, wsman::EndStatus::delivery_failure, why);
  close(id);
  listener_.ended(id);
}

// Said once, to whoever asked to be told; nothing follows from the answer.
void Deliveries::say_end(const Pushed& pushed, wsman::EndStatus status, const std::string& why) {
  const auto& to = pushed.outbox.wish().end_to;
  const auto sink = wsman::parse_sink(to.address);
  if (!sink || !destinations_.allow(*sink) || farewells_.size() >= kMostFarewells) return;
  const std::string message_id = wsman::message_id(random_);
  std::shared_ptr<http::Client> client = client_for(loop_, *sink, context_);
  farewells_.push_back(client);
  client->post(sink->target, fields(),
               wsman::subscription_end_message({to, message_id}, pushed.file.order().id, status, why),
               agent::kDelivery, http::Repeat::never,
               [this, raw = client.get()](const Result<http::Response>&) {
                 loop_.post([this, raw] {  // not inside the client's own callback
                   std::erase_if(farewells_, [raw](const auto& each) { return each.get() == raw; });
                 });
               });
}

}  // namespace muster::courier
