// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/subscribe_body.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/wsman/body.h"
#include "core/wsman/dialects.h"
#include "core/wsman/duration.h"
#include "core/wsman/escape.h"
#include "core/wsman/names.h"
#include "core/wsman/standalone.h"
#include "core/wsman/xml.h"

namespace muster::wsman {
namespace {

using Problem = std::optional<Fault>;
using enum FaultCode;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kMaxReferenceParameters = 4096;
constexpr std::size_t kMaxBookmark = 512;

constexpr std::string_view kModes[] = {names::kPushMode, names::kPushWithAckMode, names::kEventsMode,
                                       names::kPullMode};  // in the order of DeliveryMode

// A reader fills the wish, or the request where the filter belongs.
struct Reading {
  Request& request;
  SubscribeWish& wish;
};
using Reader = Problem (*)(pugi::xml_node node, Reading& out);

Fault invalid(std::string reason) {
  return {schema_validation_error, std::move(reason)};
}

Fault unsupported(std::string reason, std::string_view detail) {
  return {unsupported_feature, std::move(reason), detail};
}

Problem read_endpoint(pugi::xml_node node, EndpointReference& out) {
  const std::optional<std::string> address = xml::token(xml::find(node, names::kAddressing, "Address"));
  if (!address || address->empty()) return invalid(std::string(node.name()) + " has no wsa:Address");
  if (address->size() > names::kMaxUri) {
    return Fault{encoding_limit, "an address is too long", "URILimitExceeded"};
  }
  out.address = *address;
  for (const char* const kind : {"ReferenceProperties", "ReferenceParameters"}) {
    const pugi::xml_node all = xml::find(node, names::kAddressing, kind);
    for (pugi::xml_node each = xml::first_element(all); each; each = xml::next_element(each)) {
      const std::string_view uri = xml::uri_of(each);
      if (uri == names::kAddressing || uri == names::kSoap) {
        return invalid("a reference parameter of the namespace of addressing or SOAP");
      }
      append_standalone(out.headers, each);
    }
  }
  if (out.headers.size() <= kMaxReferenceParameters) return std::nullopt;
  return Fault{encoding_limit, "reference parameters are longer than 4,096 octets", "ServiceEnvelopeLimit"};
}

Problem read_notify_to(pugi::xml_node node, Reading& out) {
  return read_endpoint(node, out.wish.notify_to);
}

Problem read_end_to(pugi::xml_node node, Reading& out) {
  return read_endpoint(node, out.wish.end_to);
}

Problem read_expires(pugi::xml_node node, std::optional<milliseconds>& out) {
  const std::string text = xml::token(node).value_or("");
  if (!text.starts_with('P') && !text.starts_with("-P")) {
    const bool date = text.size() >= 19 && text.find('T') != std::string::npos;
    if (date) return Fault{unsupported_subscription_expires};
    return Fault{invalid_subscription_expires, "Expires is neither a duration nor a time"};
  }
  const Result<milliseconds> expires = parse_duration(text);
  if (!expires) return Fault{invalid_subscription_expires, "Expires: " + expires.error().what};
  if (expires->count() <= 0) return Fault{invalid_subscription_expires};
  out = *expires;
  return std::nullopt;
}

Problem read_wished_expires(pugi::xml_node node, Reading& out) {
  return read_expires(node, out.wish.expires);
}

Problem read_positive(pugi::xml_node node, milliseconds& out) {
  const Result<milliseconds> time = parse_duration(xml::token(node).value_or(""));
  if (!time) return invalid(std::string(node.name()) + ": " + time.error().what);
  if (time->count() <= 0) return invalid(std::string(node.name()) + " is not positive");
  out = *time;
  return std::nullopt;
}

Problem read_heartbeats(pugi::xml_node node, Reading& out) {
  milliseconds every{};
  if (Problem problem = read_positive(node, every)) return problem;
  out.wish.heartbeats = std::max(seconds(1), std::chrono::duration_cast<seconds>(every));
  return std::nullopt;
}

Problem read_max_time(pugi::xml_node node, Reading& out) {
  milliseconds time{};
  if (Problem problem = read_positive(node, time)) return problem;
  out.wish.max_time = time;
  return std::nullopt;
}

std::uint32_t in_32_bits(std::uint64_t number) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(number, std::numeric_limits<std::uint32_t>::max()));
}

Problem read_max_elements(pugi::xml_node node, Reading& out) {
  const std::optional<std::uint64_t> number = parse_number(xml::token(node).value_or(""));
  if (!number || *number == 0) return invalid("MaxElements is not a positive number");
  out.wish.max_elements = in_32_bits(*number);
  return std::nullopt;
}

// Total and pause are both zero or both not; MS-WSMV says so.
Problem read_retry(pugi::xml_node node, Reading& out) {
  const std::optional<std::uint64_t> total = parse_number(xml::attribute(node, "", "Total").value());
  const Result<milliseconds> pause = parse_duration(xml::token(node).value_or(""));
  if (!total || !pause || pause->count() < 0) return invalid("ConnectionRetry needs Total and a duration");
  if ((*total == 0) != (pause->count() == 0)) {
    return invalid("ConnectionRetry: Total and the duration are both zero or both not");
  }
  out.wish.retry = ConnectionRetry{in_32_bits(*total), std::chrono::ceil<seconds>(*pause)};
  return std::nullopt;
}

Problem read_max_envelope(pugi::xml_node node, Reading& out) {
  static constexpr std::pair<std::string_view, Oversize> kPolicies[] = {
      {"CancelSubscription", Oversize::cancels}, {"Skip", Oversize::skipped}, {"Notify", Oversize::notified}};
  const std::optional<std::uint64_t> size = parse_number(xml::token(node).value_or(""));
  if (!size) return invalid("MaxEnvelopeSize is not a number");
  if (*size < names::kMinEnvelope) {
    return Fault{encoding_limit, "MaxEnvelopeSize is below 8192", "MinimumEnvelopeLimit"};
  }
  out.wish.max_envelope = static_cast<std::size_t>(std::min<std::uint64_t>(*size, names::kMaxEnvelope));
  const std::string_view policy = trimmed(xml::attribute(node, "", "Policy").value());
  if (policy.empty()) return std::nullopt;
  for (const auto& [name, oversize] : kPolicies) {
    if (policy != name) continue;
    out.wish.oversize = oversize;
    return std::nullopt;
  }
  return unsupported("MaxEnvelopeSize: Policy is none that is offered", "MaxEnvelopePolicy");
}

Problem check_encoding(pugi::xml_node node, Reading&) {
  const std::string encoding = xml::token(node).value_or("");
  std::string upper = encoding;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  if (upper == "UTF-8") return std::nullopt;
  return unsupported("events are sent in UTF-8 alone", "EncodingType");
}

Problem check_authentication(pugi::xml_node node, Reading&) {
  if (trimmed(xml::attribute(node, "", "Profile").value()) == names::kMutualProfile) return std::nullopt;
  return unsupported("events are sent with the agent's certificate alone", "AuthorizationMode");
}

Problem pass_over(pugi::xml_node, Reading&) {
  return std::nullopt;
}

Problem read_bookmark(pugi::xml_node node, Reading& out) {
  std::optional<std::string> text = xml::token(node);
  if (!text || text->empty() || text->size() > kMaxBookmark) {
    return Fault{invalid_bookmark, "this is no bookmark of this service", "InvalidFormat"};
  }
  out.wish.bookmark = std::move(*text);
  return std::nullopt;
}

Problem read_send_bookmarks(pugi::xml_node, Reading& out) {
  out.wish.send_bookmarks = true;
  return std::nullopt;
}

// The same filters as Enumerate's; the faults are those of eventing.
Problem read_event_filter(pugi::xml_node node, Reading& out) {
  out.wish.filtered = true;
  Problem problem = read_filter(node, out.request);
  if (!problem) return problem;
  if (problem->code == filter_dialect_unavailable) problem->code = filtering_unavailable;
  if (problem->code == cannot_process_filter) problem->code = event_source_unable;
  return problem;
}

Problem read_delivery(pugi::xml_node node, Reading& out);

struct Row {
  std::string_view parent;
  std::string_view uri;
  std::string_view local;
  Reader read;
};

constexpr Row kRows[] = {
    {"Subscribe", names::kEventing, "EndTo", read_end_to},
    {"Subscribe", names::kEventing, "Delivery", read_delivery},
    {"Subscribe", names::kEventing, "Expires", read_wished_expires},
    {"Subscribe", names::kEventing, "Filter", read_event_filter},
    {"Subscribe", names::kWsman, "Filter", read_event_filter},
    {"Subscribe", names::kWsman, "Bookmark", read_bookmark},
    {"Subscribe", names::kWsman, "SendBookmarks", read_send_bookmarks},
    {"Delivery", names::kEventing, "NotifyTo", read_notify_to},
    {"Delivery", names::kWsman, "Heartbeats", read_heartbeats},
    {"Delivery", names::kWsman, "ConnectionRetry", read_retry},
    {"Delivery", names::kWsman, "MaxElements", read_max_elements},
    {"Delivery", names::kWsman, "MaxTime", read_max_time},
    {"Delivery", names::kWsman, "MaxEnvelopeSize", read_max_envelope},
    {"Delivery", names::kWsman, "ContentEncoding", check_encoding},
    {"Delivery", names::kWsman, "Auth", check_authentication},
    {"Delivery", names::kWsman, "Locale", pass_over},
};

bool is_ours(std::string_view uri) {
  return uri == names::kWsman || uri == names::kEventing;
}

const Row* find_row(pugi::xml_node node, std::string_view parent) {
  for (const Row& row : kRows) {
    if (row.parent == parent && xml::is(node, row.uri, row.local)) return &row;
  }
  return nullptr;
}

Problem read_children(pugi::xml_node parent, std::string_view name, Reading& out) {
  std::uint32_t seen = 0;
  for (pugi::xml_node node = xml::first_element(parent); node; node = xml::next_element(node)) {
    const Row* const row = find_row(node, name);
    if (row == nullptr && is_ours(xml::uri_of(node))) {
      return invalid("element " + std::string(xml::local_name(node.name())) + " does not belong here");
    }
    if (row == nullptr) continue;  // the schema is open to other namespaces
    const std::uint32_t bit = 1U << static_cast<unsigned>(row - kRows);
    if ((seen & bit) != 0) return invalid("element " + std::string(row->local) + " is there twice");
    seen |= bit;
    if (Problem problem = row->read(node, out)) return problem;
  }
  if (xml::has_stray_text(parent)) return invalid("text in " + std::string(name));
  return std::nullopt;
}

Problem read_delivery(pugi::xml_node node, Reading& out) {
  const std::string_view mode = trimmed(xml::attribute(node, "", "Mode").value());
  const auto* const found =
      mode.empty() ? std::begin(kModes) : std::find(std::begin(kModes), std::end(kModes), mode);
  if (found == std::end(kModes)) {
    Fault fault{delivery_mode_unavailable};
    fault.supported_dialects = kModes;
    return fault;
  }
  out.wish.mode = static_cast<DeliveryMode>(found - std::begin(kModes));
  return read_children(node, "Delivery", out);
}

// What only makes sense where the agent connects, or where it gathers batches.
Problem check_mode(const SubscribeWish& wish) {
  const bool batches = wish.mode == DeliveryMode::events;
  if (wish.max_elements && !batches) return unsupported("MaxElements is for batches", "MaxElements");
  if (wish.max_time && !batches) return unsupported("MaxTime is for batches", "MaxTime");
  if (!wish.pulls()) {
    if (wish.notify_to.address.empty()) return invalid("this mode of delivery needs NotifyTo");
    return std::nullopt;
  }
  if (!wish.notify_to.address.empty()) return invalid("nothing is sent to NotifyTo in mode Pull");
  if (wish.heartbeats) return unsupported("a Pull is answered in time anyway", "Heartbeats");
  if (wish.retry) return unsupported("nothing is sent again in mode Pull", "DeliveryRetries");
  if (!wish.end_to.address.empty()) {
    return unsupported("the agent connects to nobody in mode Pull", "AddressingMode");
  }
  return std::nullopt;
}

Problem read_subscribe(pugi::xml_node payload, Request& out) {
  if (xml::find(payload, names::kWsman, "Filter") && xml::find(payload, names::kEventing, "Filter")) {
    return Fault{event_source_unable, "two filters in one Subscribe"};
  }
  const auto wish = std::make_shared<SubscribeWish>();
  wish->interval = out.interval;
  Reading reading{out, *wish};
  if (Problem problem = read_children(payload, "Subscribe", reading)) return problem;
  if (!xml::find(payload, names::kEventing, "Delivery")) return invalid("Delivery is missing");
  if (Problem problem = check_mode(*wish)) return problem;
  out.subscribe = wish;
  return std::nullopt;
}

Problem read_renew(pugi::xml_node payload, Request& out) {
  const pugi::xml_node node = xml::find(payload, names::kEventing, "Expires");
  std::optional<milliseconds> expires;
  if (node) {
    if (Problem problem = read_expires(node, expires)) return problem;
    out.renewed_for = expires;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> read_eventing_body(pugi::xml_node payload, Request& out) {
  const std::string_view name = out.verb == Verb::subscribe     ? "Subscribe"
                                : out.verb == Verb::unsubscribe ? "Unsubscribe"
                                                                : "Renew";
  if (!xml::is(payload, names::kEventing, name)) {
    return invalid("the Body does not hold wse:" + std::string(name));
  }
  if (out.verb == Verb::subscribe) return read_subscribe(payload, out);
  if (out.verb == Verb::renew) return read_renew(payload, out);
  return std::nullopt;
}

}  // namespace muster::wsman
