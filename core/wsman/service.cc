// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/service.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include "core/wsman/charset.h"
#include "core/wsman/enumerate_plan.h"
#include "core/wsman/enumeration.h"
#include "core/wsman/escape.h"
#include "core/wsman/fault.h"
#include "core/wsman/ids.h"
#include "core/wsman/names.h"
#include "core/wsman/page.h"
#include "core/wsman/reply_headers.h"
#include "core/wsman/request.h"
#include "core/wsman/resource_uri.h"
#include "core/wsman/writer.h"

namespace muster::wsman {
namespace {

using enum FaultCode;
using std::chrono::milliseconds;

constexpr int kOk = 200;
constexpr int kUnauthorized = 401;
constexpr int kUnsupportedMediaType = 415;
constexpr int kFault = 500;  // every SOAP fault, as existing clients expect

// One request on its way to its answer.
struct Exchange {
  std::string principal;
  Encoding encoding = Encoding::utf8;
  Request request;
  Service::Respond respond;
};
using ExchangePtr = std::shared_ptr<Exchange>;

// What an Enumerate still has to ask.
struct Gathering {
  ExchangePtr exchange;
  std::vector<Query> queries;
  std::size_t next = 0;
  std::chrono::steady_clock::time_point deadline;
  Rows rows;
};
using GatheringPtr = std::shared_ptr<Gathering>;

Reply text_reply(int status, std::string utf8, Encoding encoding) {
  return {status, "application/soap+xml;charset=" + std::string(charset_name(encoding)),
          encode(std::move(utf8), encoding)};
}

bool is_soap(const MediaType& media) {
  return media.type == "application/soap+xml" || media.type == "text/xml";
}

Fault too_large() {
  return {encoding_limit, "an instance does not fit into MaxEnvelopeSize", "MaxEnvelopeSize"};
}

std::string identify_body(const ServiceIdentity& identity, bool with_versions) {
  std::string out = "<wsmid:IdentifyResponse><wsmid:ProtocolVersion>";
  out.append(names::kWsman).append("</wsmid:ProtocolVersion><wsmid:ProductVendor>");
  append_escaped(out, identity.vendor);
  out.append("</wsmid:ProductVendor>");
  if (with_versions) {
    out.append("<wsmid:ProductVersion>");
    append_escaped(out, identity.version);
    out.append("</wsmid:ProductVersion><wsmid:SecurityProfiles>");
    for (const std::string& profile : identity.security_profiles) {
      out.append("<wsmid:SecurityProfileName>");
      append_escaped(out, profile);
      out.append("</wsmid:SecurityProfileName>");
    }
    out.append("</wsmid:SecurityProfiles>");
  }
  out.append("</wsmid:IdentifyResponse>");
  return out;
}

std::optional<Fault> check_keys(const cim::Class& of, const std::vector<cim::Selector>& keys) {
  switch (cim::check_selectors(of, keys)) {
    case cim::SelectorProblem::none: return std::nullopt;
    case cim::SelectorProblem::unknown_name:
      return Fault{invalid_selectors, "a selector is not a key of " + std::string(of.name()),
                   "UnexpectedSelectors"};
    case cim::SelectorProblem::duplicate:
      return Fault{invalid_selectors, "a selector is there twice", "DuplicateSelectors"};
    case cim::SelectorProblem::insufficient:
      return Fault{invalid_selectors, "a key of " + std::string(of.name()) + " is missing",
                   "InsufficientSelectors"};
  }
  return std::nullopt;
}

}  // namespace

Environment system_environment() {
  return {[] { return std::chrono::steady_clock::now(); },
          [pool = std::make_shared<RandomPool>()](std::span<unsigned char> out) { pool->draw(out); }};
}

struct Service::State {
  InstanceSource& source;
  ServiceIdentity identity;
  Environment environment;
  Enumerations enumerations;

  void refuse(const Exchange& exchange, const Fault& fault) const {
    exchange.respond(
        text_reply(kFault, fault_envelope(fault, message_id(environment.random), exchange.request.message_id),
                   exchange.encoding));
  }

  Envelope open_reply(const Exchange& exchange, std::string_view action,
                      std::optional<std::uint64_t> total = std::nullopt) const {
    return reply_envelope({action, message_id(environment.random), exchange.request.message_id,
                           exchange.request.wants_total ? total : std::nullopt});
  }

  static void answer(const Exchange& exchange, Envelope envelope, std::string_view body) {
    exchange.respond(text_reply(kOk, std::move(envelope).with(body), exchange.encoding));
  }

  static std::size_t fixed_size(const Envelope& envelope, Encoding encoding) {
    return mark_size(encoding) + encoded_size(envelope.head, encoding) +
           encoded_size(envelope.tail, encoding);
  }

  std::optional<Fault> read(const Message& message, std::string_view charset, Exchange& out) const {
    DecodedText text;
    if (const Result<void> decoded = decode(message.body, charset, text); !decoded) {
      return Fault{encoding_limit, decoded.error().what, "CharacterSet"};
    }
    out.encoding = text.encoding;
    return parse_request(text.utf8, message.soap_action, out.request);
  }

  void identify(const Exchange& exchange, bool with_versions) const {
    const bool addressed = !exchange.request.message_id.empty();
    Envelope envelope =
        addressed ? reply_envelope({"", message_id(environment.random), exchange.request.message_id})
                  : bare_envelope();
    answer(exchange, std::move(envelope), identify_body(identity, with_versions));
  }

  void dispatch(const ExchangePtr& exchange) {
    switch (exchange->request.verb) {
      case Verb::identify: return identify(*exchange, true);
      case Verb::get: return get(exchange);
      case Verb::enumerate: return enumerate(exchange);
      case Verb::pull: return pull(*exchange);
      case Verb::release: return release(*exchange);
    }
  }

  // --- Get ------------------------------------------------------------------------------------
  const cim::Class* find_class(std::string_view name) const {
    const auto& all = source.classes();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [name](const cim::Class* c) { return same_name(c->name(), name); });
    return found == all.end() ? nullptr : *found;
  }

  static Fault no_such_class(std::string_view name) {
    return {destination_unreachable, "class " + std::string(name) + " is not offered here",
            "InvalidResourceURI"};
  }

  void get(const ExchangePtr& exchange) {
    const Request& request = exchange->request;
    if (request.class_name == "*") {
      return refuse(*exchange, {action_not_supported, "Get needs the name of one class"});
    }
    const cim::Class* const of = find_class(request.class_name);
    if (of == nullptr) return refuse(*exchange, no_such_class(request.class_name));
    Query query{Query::Kind::enumerate, std::string(of->name()), {}, request.shape};
    if (!request.selectors.empty()) {
      if (const std::optional<Fault> problem = check_keys(*of, request.selectors)) {
        return refuse(*exchange, *problem);
      }
      query.kind = Query::Kind::get;
      query.keys = request.selectors;
    }
    if (request.wants_reference) query.shape.content = ItemShape::Content::both;
    source.fetch(query, request.timeout,
                 [this, exchange](const Result<Rows>& rows) { got(*exchange, rows); });
  }

  void got(const Exchange& exchange, const Result<Rows>& rows) {
    if (!rows) return refuse(exchange, to_fault(rows.error()));
    if (rows->empty()) {
      return refuse(exchange, {destination_unreachable, exchange.request.class_name + ": no such instance"});
    }
    if (rows->size() > 1) return refuse(exchange, ambiguous(exchange.request));
    ItemParts item{rows->front(), {}};
    if (exchange.request.wants_reference) item = parts_of(rows->front());
    Envelope envelope = open_reply(exchange, names::kGetResponse);
    add_wanted_headers(envelope, exchange.request, item.reference);
    const std::size_t size =
        fixed_size(envelope, exchange.encoding) + encoded_size(item.object, exchange.encoding);
    if (size > exchange.request.max_envelope) return refuse(exchange, too_large());
    answer(exchange, std::move(envelope), item.object);
  }

  static Fault ambiguous(const Request& request) {
    if (request.selectors.empty()) {
      return {invalid_selectors, request.class_name + " has several instances: name its keys",
              "InsufficientSelectors"};
    }
    return {invalid_selectors, request.class_name + ": the keys name several instances",
            "AmbiguousSelectors"};
  }

  // --- Enumerate ------------------------------------------------------------------------------
  void enumerate(const ExchangePtr& exchange) {
    const Request& request = exchange->request;
    if (!request.selectors.empty()) {
      return refuse(*exchange,
                    {invalid_selectors, "Enumerate takes no key selectors", "UnexpectedSelectors"});
    }
    auto gathering = std::make_shared<Gathering>();
    if (const auto problem = plan_enumeration(request, source.classes(), gathering->queries)) {
      return refuse(*exchange, *problem);
    }
    gathering->exchange = exchange;
    gathering->deadline = environment.now() + request.timeout;
    gather(gathering);
  }

  // A base class is asked for as each of its descendants, one after the other, within one deadline.
  void gather(const GatheringPtr& gathering) {
    if (gathering->next == gathering->queries.size()) return gathered(*gathering);
    const auto left = std::chrono::duration_cast<milliseconds>(gathering->deadline - environment.now());
    if (left.count() <= 0) return refuse(*gathering->exchange, {timed_out});
    source.fetch(gathering->queries[gathering->next++], left, [this, gathering](Result<Rows> rows) {
      // What lists nothing by itself does not spoil the list of its relatives.
      if (!rows && rows.error().code == Errc::unsupported && gathering->queries.size() > 1)
        return gather(gathering);
      if (!rows) return refuse(*gathering->exchange, to_fault(rows.error()));
      std::move(rows->begin(), rows->end(), std::back_inserter(gathering->rows));
      gather(gathering);
    });
  }

  void gathered(Gathering& gathering) {
    const Exchange& exchange = *gathering.exchange;
    const Request& request = exchange.request;
    const std::string id = context_id(environment.random);
    std::optional<std::chrono::seconds> lifetime = request.expires;
    if (lifetime) lifetime = std::min(*lifetime, Enumerations::kLongest);
    Envelope envelope = open_reply(exchange, names::kEnumerateResponse, gathering.rows.size());
    add_wanted_headers(envelope, request, {});
    if (!request.optimized) {
      return begin(exchange, std::move(envelope), id, std::move(gathering.rows), lifetime);
    }

    const Frames frames = enumerate_frames(id, lifetime);
    const PageFit page = fit(gathering.rows, frames, limits_of(exchange, envelope));
    if (page.rows == 0 && !page.end) return refuse(exchange, too_large());
    const std::string body = page_body(gathering.rows, frames, page);
    if (!page.end) {
      const std::size_t total = gathering.rows.size();
      Enumeration rest{
          exchange.principal, request.class_name, std::move(gathering.rows), page.rows, total, lifetime};
      if (const auto problem = enumerations.open(id, std::move(rest), environment.now())) {
        return refuse(exchange, *problem);
      }
    }
    answer(exchange, std::move(envelope), body);
  }

  // Not optimised: the answer is the context alone, even when there is nothing to pull.
  void begin(const Exchange& exchange, Envelope envelope, const std::string& id, Rows rows,
             std::optional<std::chrono::seconds> lifetime) {
    const std::size_t total = rows.size();
    Enumeration all{exchange.principal, exchange.request.class_name, std::move(rows), 0, total, lifetime};
    if (const auto problem = enumerations.open(id, std::move(all), environment.now())) {
      return refuse(exchange, *problem);
    }
    answer(exchange, std::move(envelope), begun_body(id, lifetime));
  }

  static PageLimits limits_of(const Exchange& exchange, const Envelope& envelope) {
    PageLimits limits;
    limits.octets = exchange.request.max_envelope;
    limits.fixed = fixed_size(envelope, exchange.encoding);
    limits.elements = exchange.request.max_elements;
    limits.characters = exchange.request.max_characters.value_or(limits.characters);
    limits.encoding = exchange.encoding;
    return limits;
  }

  // --- Pull, Release --------------------------------------------------------------------------
  Enumeration* use(const Exchange& exchange, Fault& fault) {
    const Request& request = exchange.request;
    Enumeration* const found =
        enumerations.use(request.context, exchange.principal, environment.now(), fault);
    if (found == nullptr || request.class_name.empty() || same_name(request.class_name, found->class_name)) {
      return found;
    }
    fault = {invalid_enumeration_context, "this enumeration is of class " + found->class_name};
    return nullptr;
  }

  void pull(const Exchange& exchange) {
    Fault fault;
    const Enumeration* const found = use(exchange, fault);
    if (found == nullptr) return refuse(exchange, fault);
    Envelope envelope = open_reply(exchange, names::kPullResponse, found->total);
    const Frames frames = pull_frames(exchange.request.context);
    const PageFit page = fit(found->waiting(), frames, limits_of(exchange, envelope));
    if (page.rows == 0 && !page.end) return refuse(exchange, too_large());
    const std::string body = page_body(found->waiting(), frames, page);
    enumerations.advance(exchange.request.context, page.rows);
    answer(exchange, std::move(envelope), body);
  }

  void release(const Exchange& exchange) {
    Fault fault;
    if (use(exchange, fault) == nullptr) return refuse(exchange, fault);
    enumerations.close(exchange.request.context);
    answer(exchange, open_reply(exchange, names::kReleaseResponse), "");
  }
};

Service::Service(InstanceSource& source, ServiceIdentity identity, Environment environment)
    : state_(new State{source, std::move(identity), std::move(environment), {}}) {}

Service::~Service() = default;

void Service::handle(const std::string& principal, const Message& message, Respond respond) {
  const MediaType media = parse_media_type(message.content_type);
  if (!is_soap(media)) return respond({kUnsupportedMediaType, {}, {}});
  auto exchange = std::make_shared<Exchange>();
  exchange->principal = principal;
  exchange->respond = std::move(respond);
  if (const std::optional<Fault> fault = state_->read(message, media.charset, *exchange)) {
    return state_->refuse(*exchange, *fault);
  }
  state_->dispatch(exchange);
}

Reply Service::identify_anonymous(const Message& message) {
  Reply reply{kUnauthorized, {}, {}};
  const MediaType media = parse_media_type(message.content_type);
  Exchange exchange;
  if (!is_soap(media) || state_->read(message, media.charset, exchange)) return reply;
  if (exchange.request.verb != Verb::identify) return reply;
  exchange.respond = [&reply](Reply answer) { reply = std::move(answer); };
  state_->identify(exchange, false);
  return reply;
}

void Service::expire() {
  state_->enumerations.expire(state_->environment.now());
}

}  // namespace muster::wsman
