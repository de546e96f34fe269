// SPDX-License-Identifier: GPL-2.0-or-later
// A second opinion on the header of a request: gSOAP's own reader, bound to the header that we write with. Where both
// take a message they must have read the same. gSOAP is lax where we are not (it takes names without their namespace,
// references, nil, the first of two), so what only it understands is no message for this comparison.
// Dictionary  wsman
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include "core/wsman/duration.h"
#include "core/wsman/escape.h"
#include "core/wsman/prescan.h"
#include "core/wsman/request.h"
#include "core/wsman/resource_uri.h"
#include "core/wsman/writer.h"
#include "core/wsman/xml.h"
#include "tests/fuzz/input.h"
#include "wsmanH.h"

namespace {

using namespace muster;
using namespace muster::wsman;
using fuzz::demand;

std::size_t give(struct soap* context, char* buffer, std::size_t size) {
  auto& rest = *static_cast<std::string_view*>(context->user);
  const auto now = std::min(size, rest.size());
  std::memcpy(buffer, rest.data(), now);
  rest.remove_prefix(now);
  return now;
}

struct ContextDelete {
  void operator()(struct soap* context) const {
    soap_destroy(context);
    soap_end(context);
    soap_free(context);
  }
};
using Context = std::unique_ptr<struct soap, ContextDelete>;

// The context with its header, when gSOAP takes the message up to its Body.
Context read_by_gsoap(std::string_view& rest) {
  Context context(soap_new1(SOAP_C_UTFSTRING | SOAP_ENC_PLAIN));
  context->user = &rest;
  context->frecv = give;
  context->maxlevel = 64;
  const bool taken =
      soap_begin_recv(context.get()) == SOAP_OK && soap_envelope_begin_in(context.get()) == SOAP_OK &&
      soap_recv_header(context.get()) == SOAP_OK && soap_body_begin_in(context.get()) == SOAP_OK;
  if (!taken || context->header == nullptr) return nullptr;
  return context;
}

bool plain_attributes(pugi::xml_node element) {
  for (const auto attribute : element.attributes()) {
    const std::string_view name = attribute.name();
    const bool known = name == "Name" || name == "xmlns" || name.starts_with("xmlns:");
    if (!known && attribute != xml::attribute(element, names::kSoap, "mustUnderstand")) return false;
  }
  return true;
}

// Element by element what both readers mean the same by.
bool comparable(pugi::xml_node element) {
  const auto uri = xml::uri_of(element);
  if (uri != names::kSoap && uri != names::kAddressing && uri != names::kWsman) return false;
  if (!plain_attributes(element)) return false;
  for (auto child = xml::first_element(element); child; child = xml::next_element(child)) {
    if (!comparable(child)) return false;
  }
  return true;
}

bool comparable(std::string_view envelope) {
  pugi::xml_document document;
  if (!prescan(envelope) || !xml::load(document, envelope)) return false;
  return comparable(xml::first_element(document.document_element()));
}

std::string text_of(const char* value) {
  return value == nullptr ? std::string() : std::string(trimmed(value));
}

// XML makes one line end of the three, and a blank of each within an attribute; gSOAP leaves them as they are.
std::string with_blanks(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out.push_back(is_xml_space(text[i]) ? ' ' : text[i]);
  }
  return std::string(trimmed(out));
}

std::vector<cim::Selector> selectors_of(const wsman__SelectorSetType* set) {
  std::vector<cim::Selector> out;
  for (int i = 0; set != nullptr && i < set->__sizeSelector; ++i) {
    const auto& each = set->wsman__Selector[i];
    if (same_name(each.Name, names::kNamespaceSelector)) continue;
    out.push_back({each.Name, each.__item == nullptr ? "" : each.__item});
  }
  return out;
}

void compare(const Request& ours, const SOAP_ENV__Header& theirs) {
  demand(ours.message_id == text_of(theirs.wsa__MessageID));
  const auto resource = parse_resource_uri(text_of(theirs.wsman__ResourceURI));
  demand(ours.class_name == (resource ? resource->class_name : ""));
  if (theirs.wsman__OperationTimeout != nullptr) {
    const auto timeout = parse_duration(text_of(theirs.wsman__OperationTimeout));
    demand(timeout.has_value() && ours.timeout == std::min(Request{}.timeout, *timeout));
  }
  if (theirs.wsman__MaxEnvelopeSize != nullptr) {
    const auto most = std::min<std::uint64_t>(*theirs.wsman__MaxEnvelopeSize, names::kMaxEnvelope);
    demand(ours.max_envelope == most);
  }
  const auto selectors = selectors_of(theirs.wsman__SelectorSet);
  demand(ours.selectors.size() == selectors.size());
  for (std::size_t i = 0; i < selectors.size(); ++i) {
    demand(with_blanks(ours.selectors[i].name) == with_blanks(selectors[i].name));
    demand(with_blanks(ours.selectors[i].value) == with_blanks(selectors[i].value));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The table of namespaces that gSOAP looks for comes with the writer.
  static const std::size_t kLinked = bare_envelope().head.size();
  const std::string_view envelope(reinterpret_cast<const char*>(data), size);
  auto rest = envelope;
  const auto context = kLinked > 0 ? read_by_gsoap(rest) : nullptr;
  Request request;
  if (parse_request(envelope, "", request) || request.verb == Verb::identify) return 0;
  if (context == nullptr || !comparable(envelope)) return 0;
  compare(request, *context->header);
  return 0;
}
