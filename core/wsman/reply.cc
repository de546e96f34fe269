// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/reply.h"

#include <cstddef>
#include <string>

#include "core/wsman/charset.h"
#include "core/wsman/escape.h"
#include "core/wsman/fault.h"
#include "core/wsman/names.h"
#include "core/wsman/prescan.h"
#include "core/wsman/xml.h"

namespace muster::wsman {
namespace {

constexpr std::size_t kMaxQuoted = 512;

std::string_view hint_for(Errc code) {
  switch (code) {
    case Errc::denied: return "check the credentials, and what the account may do on that host";
    case Errc::not_found: return "check the class name and the namespace; the agent may not offer this class";
    case Errc::timeout: return "raise the timeout, or look at the load of that host";
    case Errc::unsupported: return "this service does not offer that; Identify tells which product answers";
    case Errc::internal: return "the agent's log on that host says more";
    default: return {};
  }
}

std::string quoted(const std::string& text) {
  return sanitized(std::string_view(text).substr(0, kMaxQuoted));
}

std::string all_text(pugi::xml_node node) {
  return xml::token(node).value_or("");
}

// s:Fault of SOAP 1.2: Code/Subcode/Value, Reason/Text, Detail with a wsman:FaultDetail.
Error read_fault(int status, pugi::xml_node fault) {
  const pugi::xml_node code = xml::find(fault, names::kSoap, "Code");
  const pugi::xml_node sub = xml::find(code, names::kSoap, "Subcode");
  const pugi::xml_node value = xml::find(sub ? sub : code, names::kSoap, "Value");
  const std::string subcode = all_text(value);
  const std::string reason = all_text(xml::first_element(xml::find(fault, names::kSoap, "Reason")));
  const pugi::xml_node detail =
      xml::find(xml::find(fault, names::kSoap, "Detail"), names::kWsman, "FaultDetail");
  const std::string whole_detail = all_text(detail);
  std::string_view short_detail = whole_detail;
  if (short_detail.starts_with(names::kFaultDetail)) short_detail.remove_prefix(names::kFaultDetail.size());

  Error error{
      to_errc(xml::local_name(subcode)), "fault " + quoted(subcode.empty() ? "without code" : subcode), {}};
  if (!short_detail.empty()) error.what += " (" + quoted(std::string(short_detail)) + ")";
  if (!reason.empty()) error.what += ": " + quoted(reason);
  if (status == 401) error.code = Errc::denied;
  error.hint = hint_for(error.code);
  return error;
}

// The status alone, when there is no SOAP with it.
Error status_error(int status, std::string_view why) {
  if (status == 401) why = "the credentials were refused";
  Error error{Errc::malformed, "HTTP " + std::to_string(status) + ": " + std::string(why), {}};
  if (status == 401 || status == 403) error.code = Errc::denied;
  if (status == 404) error.code = Errc::not_found;
  if (status == 408 || status == 504) error.code = Errc::timeout;
  if (status == 502 || status == 503) error.code = Errc::unreachable;
  if (status == 405 || status == 415 || status == 501) error.code = Errc::unsupported;
  error.hint = hint_for(error.code);
  if (error.hint.empty()) error.hint = "check that a WS-Man service listens there";
  return error;
}

Result<pugi::xml_node> open_body(int status, std::string_view body, pugi::xml_document& document) {
  DecodedText text;
  if (const Result<void> decoded = decode(body, "", text); !decoded) {
    return fail(status_error(status, decoded.error().what));
  }
  if (const Result<void> scanned = prescan(text.utf8, kReplyLimits); !scanned) {
    return fail(status_error(status, scanned.error().what));
  }
  if (!xml::load(document, text.utf8)) return fail(status_error(status, "the answer cannot be read as XML"));
  const pugi::xml_node root = document.document_element();
  const pugi::xml_node soap_body = xml::find(root, names::kSoap, "Body");
  if (!xml::is(root, names::kSoap, "Envelope") || !soap_body) {
    return fail(status_error(status, "the answer is not a SOAP 1.2 envelope"));
  }
  return soap_body;
}

}  // namespace

Error unexpected(pugi::xml_node payload, std::string_view wanted) {
  return {Errc::malformed, "answer: <" + quoted(payload.name()) + "> instead of " + std::string(wanted),
          "check that a WS-Man service listens there"};
}

Result<pugi::xml_node> read_reply(int status, std::string_view body, pugi::xml_document& document) {
  if (body.empty()) return fail(status_error(status, "an empty answer"));
  Result<pugi::xml_node> soap_body = open_body(status, body, document);
  if (!soap_body) return soap_body;
  const pugi::xml_node payload = xml::first_element(*soap_body);
  if (xml::is(payload, names::kSoap, "Fault")) return fail(read_fault(status, payload));
  if (status != 200) return fail(status_error(status, "no fault in the answer"));
  return payload;
}

}  // namespace muster::wsman
