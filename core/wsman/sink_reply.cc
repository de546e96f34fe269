// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/sink_reply.h"

#include <optional>

#include <pugixml.hpp>

#include "core/wsman/charset.h"
#include "core/wsman/escape.h"
#include "core/wsman/names.h"
#include "core/wsman/prescan.h"
#include "core/wsman/xml.h"

namespace muster::wsman {
namespace {

constexpr std::size_t kMaxReply = std::size_t{64} * 1024;
constexpr std::size_t kMaxQuoted = 200;

std::string token_of(pugi::xml_node node) {
  return xml::token(node).value_or("");
}

bool load(std::string_view body, pugi::xml_document& document) {
  if (body.empty() || body.size() > kMaxReply) return false;
  DecodedText text;
  if (!decode(body, "", text) || !prescan(text.utf8) || !xml::load(document, text.utf8)) return false;
  return xml::is(document.document_element(), names::kSoap, "Envelope");
}

// The local name of the fault's innermost code.
std::string fault_code(pugi::xml_node fault) {
  pugi::xml_node code = xml::find(fault, names::kSoap, "Code");
  if (const pugi::xml_node sub = xml::find(code, names::kSoap, "Subcode")) code = sub;
  const std::string value = token_of(xml::find(code, names::kSoap, "Value"));
  return std::string(xml::local_name(value));
}

bool is_ack(pugi::xml_node header, std::string_view message_id) {
  const std::string action = token_of(xml::find(header, names::kAddressing, "Action"));
  return (action == names::kAck || action == names::kHistoricAck) &&
         token_of(xml::find(header, names::kAddressing, "RelatesTo")) == message_id;
}

}  // namespace

SinkReply read_sink_reply(int status, std::string_view body, Ack ack, std::string_view message_id) {
  pugi::xml_document document;
  const bool soap = load(body, document);
  const pugi::xml_node root = document.document_element();
  const pugi::xml_node fault = xml::find(xml::find(root, names::kSoap, "Body"), names::kSoap, "Fault");
  if (soap && fault) {
    const std::string code = fault_code(fault);
    const Reception reception = code == "DeliveryRefused" ? Reception::refused : Reception::failed;
    return {reception, "fault " + sanitized(std::string_view(code).substr(0, kMaxQuoted))};
  }
  if (status < 200 || status > 299) return {Reception::failed, "HTTP status " + std::to_string(status)};
  if (ack == Ack::not_wanted) return {Reception::taken, {}};
  if (soap && is_ack(xml::find(root, names::kSoap, "Header"), message_id)) return {Reception::taken, {}};
  return {Reception::failed, "no acknowledgement (wsman:NoAck)"};
}

}  // namespace muster::wsman
