// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/service.h"

#include <optional>
#include <utility>

#include "core/wsman/charset.h"
#include "core/wsman/ids.h"
#include "core/wsman/operations.h"

namespace muster::wsman {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kUnsupportedMediaType = 415;

bool is_soap(const MediaType& media) {
  return media.type == "application/soap+xml" || media.type == "text/xml";
}

std::optional<Fault> read(const Message& message, std::string_view charset, Exchange& out) {
  DecodedText text;
  if (const Result<void> decoded = decode(message.body, charset, text); !decoded) {
    return Fault{FaultCode::encoding_limit, decoded.error().what, "CharacterSet"};
  }
  out.encoding = text.encoding;
  auto problem = parse_request(text.utf8, message.soap_action, out.request);
  if (!problem && out.request.subscribe) out.text = text.utf8;
  return problem;
}

bool has_events(const Exchange& exchange) {
  return exchange.state.eventing.subscriptions.knows(exchange.request.context);
}

void dispatch(const ExchangePtr& exchange) {
  const bool declarations = exchange->request.subject == Subject::declarations;
  switch (exchange->request.verb) {
    case Verb::identify: return identify(*exchange, Detail::with_versions);
    case Verb::get: return declarations ? get_declaration(*exchange) : get(exchange);
    case Verb::enumerate: return declarations ? enumerate_declarations(*exchange) : enumerate(exchange);
    case Verb::pull: return has_events(*exchange) ? pull_events(exchange) : pull(exchange);
    case Verb::release: return has_events(*exchange) ? release_events(exchange) : release(exchange);
    case Verb::invoke: return invoke(exchange);
    case Verb::subscribe: return subscribe(exchange);
    case Verb::unsubscribe: return unsubscribe(exchange);
    case Verb::renew: return renew(exchange);
  }
}

}  // namespace

Environment system_environment() {
  return {[] { return std::chrono::steady_clock::now(); },
          [pool = std::make_shared<RandomPool>()](std::span<unsigned char> out) { pool->draw(out); }};
}

struct Service::State : ServiceState {};

Service::Service(InstanceSource& source, ServiceIdentity identity, Environment environment)
    : state_(new State{{source, std::move(identity), std::move(environment)}}) {}

Service::~Service() = default;

void Service::identify_as(ServiceIdentity identity) {
  state_->identity = std::move(identity);
}

void Service::handle(const std::string& principal, const Message& message, Respond respond,
                     std::shared_ptr<MethodTarget> methods, WhenGone when_gone) {
  const MediaType media = parse_media_type(message.content_type);
  if (!is_soap(media)) return respond({kUnsupportedMediaType, {}, {}});
  const auto exchange = std::make_shared<Exchange>(*state_, principal, std::move(respond));
  exchange->methods = std::move(methods);
  exchange->when_gone = std::move(when_gone);
  if (const std::optional<Fault> fault = read(message, media.charset, *exchange)) {
    return exchange->refuse(*fault);
  }
  dispatch(exchange);
}

Reply Service::identify_anonymous(const Message& message) {
  Reply reply{kUnauthorized, {}, {}};
  const MediaType media = parse_media_type(message.content_type);
  Exchange exchange(*state_, {}, [&reply](Reply answer) { reply = std::move(answer); });
  if (!is_soap(media) || read(message, media.charset, exchange)) return reply;
  if (exchange.request.verb == Verb::identify) identify(exchange, Detail::without_versions);
  return reply;
}

void Service::deliver_by(Courier& courier) {
  state_->eventing.deliver_by(courier);
}

void Service::add_source(EventSource& source) {
  state_->eventing.add_source(source);
}

void Service::let_go() {
  state_->eventing.time_out_waiting();
}

void Service::expire() {
  state_->enumerations.expire(state_->environment.now());
  state_->eventing.tick();
}

}  // namespace muster::wsman
