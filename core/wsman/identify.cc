// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>

#include "core/wsman/escape.h"
#include "core/wsman/names.h"
#include "core/wsman/operations.h"

namespace muster::wsman {
namespace {

std::string identify_body(const ServiceIdentity& identity, Detail detail) {
  std::string out = "<wsmid:IdentifyResponse><wsmid:ProtocolVersion>";
  out.append(names::kWsman).append("</wsmid:ProtocolVersion><wsmid:ProductVendor>");
  append_escaped(out, identity.vendor);
  out.append("</wsmid:ProductVendor>");
  if (detail == Detail::with_versions) {
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

}  // namespace

void identify(const Exchange& exchange, Detail detail) {
  const bool addressed = !exchange.request.message_id.empty();
  Envelope envelope = addressed ? exchange.open_reply("") : bare_envelope();
  exchange.answer(std::move(envelope), identify_body(exchange.state.identity, detail));
}

}  // namespace muster::wsman
