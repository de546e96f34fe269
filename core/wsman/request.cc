// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/request.h"

#include <algorithm>
#include <utility>

#include "core/base/kept_blocks.h"
#include "core/wsman/body.h"
#include "core/wsman/dialects.h"
#include "core/wsman/duration.h"
#include "core/wsman/escape.h"
#include "core/wsman/header.h"
#include "core/wsman/method_input.h"
#include "core/wsman/options.h"
#include "core/wsman/prescan.h"
#include "core/wsman/resource_uri.h"
#include "core/wsman/selector_set.h"
#include "core/wsman/xml.h"

namespace muster::wsman {
namespace {

using Problem = std::optional<Fault>;
using enum FaultCode;

struct Parts {
  pugi::xml_node header;
  pugi::xml_node body;
};

Fault invalid(std::string reason) {
  return {schema_validation_error, std::move(reason)};
}

Problem load(std::string_view utf8, pugi::xml_document& document) {
  if (const Result<void> scanned = prescan(utf8); !scanned) {
    const Error& error = scanned.error();
    if (error.code == Errc::unsupported) return Fault{encoding_limit, error.what, "ServiceEnvelopeLimit"};
    return invalid(error.what);
  }
  if (!xml::load(document, utf8)) return invalid("the message cannot be read as XML");
  return std::nullopt;
}

// An Envelope of SOAP 1.2 holding an optional Header, then a Body, and nothing else.
Problem split(const pugi::xml_document& document, Parts& out) {
  const pugi::xml_node root = document.document_element();
  if (xml::local_name(root.name()) != "Envelope") return invalid("the root is not a SOAP envelope");
  if (xml::uri_of(root) != names::kSoap) return Fault{version_mismatch};
  pugi::xml_node child = xml::first_element(root);
  if (xml::is(child, names::kSoap, "Header")) {
    out.header = child;
    child = xml::next_element(child);
  }
  if (!xml::is(child, names::kSoap, "Body")) return invalid("the envelope has no Body after its Header");
  out.body = child;
  if (xml::next_element(child)) return invalid("the envelope holds more than Header and Body");
  if (xml::has_stray_text(root) || xml::has_stray_text(out.header) || xml::has_stray_text(out.body)) {
    return invalid("text between the parts of the envelope");
  }
  return std::nullopt;
}

// RFC 3986 allows none of these anywhere in a URI.
constexpr bool is_forbidden_in_uri(char c) {
  switch (c) {
    case '<':
    case '>':
    case '"':
    case '{':
    case '}':
    case '|':
    case '\\':
    case '^':
    case '`':
    case 0x7F: return true;
    default: return static_cast<unsigned char>(c) <= 0x20;
  }
}

bool is_uri_like(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return is_forbidden_in_uri(c); });
}

Problem read_uri(pugi::xml_node block, std::string_view name, std::string& out) {
  std::optional<std::string> text = xml::token(block);
  if (!text || text->empty() || !is_uri_like(*text)) {
    return Fault{invalid_header, "header " + std::string(name) + " is not a URI"};
  }
  if (text->size() > names::kMaxUri) {
    return Fault{encoding_limit, "header " + std::string(name) + " is too long", "URILimitExceeded"};
  }
  out = std::move(*text);
  return std::nullopt;
}

Problem required_uri(pugi::xml_node block, std::string_view name, std::string& out) {
  if (!block) return Fault{header_required, "header " + std::string(name) + " is missing"};
  return read_uri(block, name, out);
}

std::string_view unquoted(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

Problem read_action(std::string_view action, std::string_view soap_action, Request& out) {
  struct Row {
    std::string_view action;
    Verb verb;
  };
  static constexpr Row kRows[] = {{names::kGet, Verb::get},
                                  {names::kEnumerate, Verb::enumerate},
                                  {names::kPull, Verb::pull},
                                  {names::kRelease, Verb::release},
                                  {names::kSubscribe, Verb::subscribe},
                                  {names::kUnsubscribe, Verb::unsubscribe},
                                  {names::kRenew, Verb::renew}};
  soap_action = unquoted(soap_action);
  if (!soap_action.empty() && soap_action != action) {
    return Fault{action_not_supported, "SOAPAction differs from wsa:Action", "ActionMismatch"};
  }
  for (const Row& row : kRows) {
    if (row.action != action) continue;
    out.verb = row.verb;
    return std::nullopt;
  }
  if (names_a_method(action)) {
    out.verb = Verb::invoke;
    out.action = action;
    return std::nullopt;
  }
  return Fault{action_not_supported, "action " + std::string(action) + " is not offered"};
}

// Answers go back on the connection they came on: this service connects to nobody.
Problem check_reply_address(pugi::xml_node block, std::string_view name) {
  if (!block) return std::nullopt;
  const pugi::xml_node address = xml::find(block, names::kAddressing, "Address");
  const std::optional<std::string> text = xml::token(address);
  if (!address || !text) return Fault{invalid_header, "header " + std::string(name) + " has no Address"};
  if (*text != names::kAnonymous) {
    return Fault{unsupported_feature, std::string(name) + " must be the anonymous address", "AddressingMode"};
  }
  if (xml::find(block, names::kAddressing, "ReferenceParameters") ||
      xml::find(block, names::kAddressing, "ReferenceProperties")) {
    return Fault{unsupported_feature, std::string(name) + " with reference parameters", "AddressingMode"};
  }
  return std::nullopt;
}

Problem read_addressing(const HeaderBlocks& blocks, std::string_view soap_action, Request& out) {
  std::string action;
  std::string to;
  if (Problem problem = required_uri(blocks[Block::action], "Action", action)) return problem;
  if (Problem problem = required_uri(blocks[Block::to], "To", to)) return problem;
  if (Problem problem = required_uri(blocks[Block::message_id], "MessageID", out.message_id)) return problem;
  if (Problem problem = check_reply_address(blocks[Block::reply_to], "ReplyTo")) return problem;
  if (Problem problem = check_reply_address(blocks[Block::fault_to], "FaultTo")) return problem;
  return read_action(action, soap_action, out);
}

Problem read_max_envelope(pugi::xml_node block, std::size_t& out) {
  if (!block) return std::nullopt;
  const std::optional<std::uint64_t> size = parse_number(xml::token(block).value_or(""));
  if (!size) return invalid("MaxEnvelopeSize is not a number");
  if (*size < names::kMinEnvelope) {
    return Fault{encoding_limit, "MaxEnvelopeSize is below 8192", "MinimumEnvelopeLimit"};
  }
  out = static_cast<std::size_t>(std::min<std::uint64_t>(*size, names::kMaxEnvelope));
  return std::nullopt;
}

Problem read_timeout(pugi::xml_node block, std::chrono::milliseconds& out) {
  if (!block) return std::nullopt;
  const Result<std::chrono::milliseconds> timeout = parse_duration(xml::token(block).value_or(""));
  if (!timeout) return invalid("OperationTimeout: " + timeout.error().what);
  if (timeout->count() <= 0) return Fault{invalid_parameter, "OperationTimeout is not positive"};
  out = std::min(out, *timeout);
  return std::nullopt;
}

// RFC 3066: words of at most eight letters or digits, the first one of letters, joined by hyphens.
bool is_english(std::string_view tag) {
  if (!same_name(tag.substr(0, tag.find('-')), "en")) return false;
  std::size_t length = 0;
  for (const char c : tag) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (c == '-' ? length == 0 : !alphanumeric || length == 8) return false;
    length = c == '-' ? 0 : length + 1;
  }
  return length > 0;
}

Problem check_locale(pugi::xml_node block) {
  if (!block || !must_understand(block)) return std::nullopt;
  if (is_english(xml::attribute(block, names::kXml, "lang").value())) return std::nullopt;
  return Fault{unsupported_feature, "only English is spoken here", "Locale"};
}

Problem check_namespace(std::string_view name) {
  if (same_name(name, names::kOurNamespace)) return std::nullopt;
  return Fault{destination_unreachable, "namespace " + std::string(name) + " does not exist; use root/scx",
               "InvalidResourceURI"};
}

Problem read_selectors(pugi::xml_node set, Request& out) {
  if (Problem problem = read_selector_set(set, out.selectors)) return problem;
  const auto is_namespace = [](const cim::Selector& s) {
    return same_name(s.name, names::kNamespaceSelector);
  };
  const auto found = std::find_if(out.selectors.begin(), out.selectors.end(), is_namespace);
  if (found == out.selectors.end()) return std::nullopt;
  const std::string value(trimmed(found->value));
  out.selectors.erase(found);
  return check_namespace(value);
}

Problem read_resource(const HeaderBlocks& blocks, Request& out) {
  const pugi::xml_node block = blocks[Block::resource_uri];
  if (!block) {
    // Pull and Release are named by their context, Unsubscribe and Renew by the subscription; some clients
    // send nothing else.
    if (out.verb != Verb::get && out.verb != Verb::enumerate && out.verb != Verb::subscribe) {
      return std::nullopt;
    }
    return Fault{destination_unreachable, "header ResourceURI is missing", "InvalidResourceURI"};
  }
  std::string uri;
  if (Problem problem = read_uri(block, "ResourceURI", uri)) return problem;
  const Result<Resource> resource = parse_resource_uri(uri);
  if (!resource) return Fault{destination_unreachable, resource.error().what, "InvalidResourceURI"};
  out.subject = resource->subject;
  out.class_name = resource->class_name;
  if (!resource->cim_namespace.empty()) {
    if (Problem problem = check_namespace(resource->cim_namespace)) return problem;
  }
  if (out.verb == Verb::invoke) {
    if (Problem problem = read_method(out)) return problem;
  }
  return read_selectors(blocks[Block::selector_set], out);
}

Problem read_control(const HeaderBlocks& blocks, Request& out) {
  if (Problem problem = read_fragment(blocks[Block::fragment_transfer], out)) return problem;
  if (Problem problem = read_options(blocks[Block::option_set], out)) return problem;
  if (Problem problem = check_locale(blocks[Block::locale])) return problem;
  if (Problem problem = read_max_envelope(blocks[Block::max_envelope_size], out.max_envelope)) return problem;
  out.wants_total = static_cast<bool>(blocks[Block::total_items]);
  out.wants_reference = static_cast<bool>(blocks[Block::request_epr]);
  return read_timeout(blocks[Block::operation_timeout], out.timeout);
}

// A subscription is named by the reference parameter that its Subscribe was answered with.
Problem read_identifier(const HeaderBlocks& blocks, Request& out) {
  if (out.verb != Verb::unsubscribe && out.verb != Verb::renew) return std::nullopt;
  const pugi::xml_node block = blocks[Block::identifier];
  if (!block) return Fault{invalid_message, "header wse:Identifier is missing"};
  return read_uri(block, "Identifier", out.identifier);
}

// So that even a refused message is answered with its RelatesTo.
void note_message_id(const HeaderBlocks& blocks, Request& out) {
  const pugi::xml_node block = blocks[Block::message_id];
  std::string id;
  if (block && !read_uri(block, "MessageID", id)) out.message_id = std::move(id);
}

}  // namespace

void keep_pages() {
  pugi::set_memory_management_functions(&kept_blocks::take, &kept_blocks::give_back);
}

std::optional<Fault> parse_request(std::string_view utf8, std::string_view soap_action, Request& out) {
  pugi::xml_document document;
  Parts parts;
  if (Problem problem = load(utf8, document)) return problem;
  if (Problem problem = split(document, parts)) return problem;
  HeaderBlocks blocks;
  Problem header_problem = read_header(parts.header, blocks);
  note_message_id(blocks, out);
  const pugi::xml_node payload = xml::first_element(parts.body);
  // DSP0226 clause 11: asked before anything is known of the service, so no header of ours may stand in its way.
  const bool identify = xml::is(payload, names::kIdentity, "Identify");
  if (header_problem && (!identify || header_problem->code == not_understood)) return header_problem;
  if (identify) {
    out.verb = Verb::identify;
    return std::nullopt;
  }
  if (Problem problem = read_addressing(blocks, soap_action, out)) return problem;
  if (Problem problem = read_resource(blocks, out)) return problem;
  if (Problem problem = read_control(blocks, out)) return problem;
  if (Problem problem = read_identifier(blocks, out)) return problem;
  if (payload && xml::next_element(payload)) return invalid("the Body holds more than one element");
  return read_body(payload, out);
}

}  // namespace muster::wsman
