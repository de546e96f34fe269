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
  return parse_request(text.utf8, message.soap_action, out.request);
}

void dispatch(const ExchangePtr& exchange) {
  const bool declarations = exchange->request.subject == Subject::declarations;
  switch (exchange->request.verb) {
    case Verb::identify: return identify(*exchange, Detail::with_versions);
    case Verb::get: return declarations ? get_declaration(*exchange) : get(exchange);
    case Verb::enumerate: return declarations ? enumerate_declarations(*exchange) : enumerate(exchange);
    case Verb::pull: return pull(exchange);
    case Verb::release: return release(exchange);
    case Verb::invoke: return invoke(exchange);
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
                     std::shared_ptr<MethodTarget> methods) {
  const MediaType media = parse_media_type(message.content_type);
  if (!is_soap(media)) return respond({kUnsupportedMediaType, {}, {}});
  const auto exchange = std::make_shared<Exchange>(*state_, principal, std::move(respond));
  exchange->methods = std::move(methods);
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

void Service::expire() {
  state_->enumerations.expire(state_->environment.now());
}

}  // namespace muster::wsman
