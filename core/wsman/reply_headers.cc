// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/reply_headers.h"

#include <string>

#include "core/wsman/escape.h"

namespace muster::wsman {

void insert_headers(Envelope& envelope, std::string_view blocks) {
  const std::size_t end = envelope.head.rfind("</SOAP-ENV:Header>");
  if (!blocks.empty() && end != std::string::npos) envelope.head.insert(end, blocks);
}

void add_wanted_headers(Envelope& envelope, const Request& request, std::string_view reference) {
  std::string blocks;
  if (request.wants_reference) {
    blocks.append("<wsman:RequestedEPR>");
    blocks.append(reference.empty() ? "<wsman:EPRUnknown/>" : reference);
    blocks.append("</wsman:RequestedEPR>");
  }
  if (request.shape.dialect == ItemShape::Dialect::fragment) {
    blocks.append("<wsman:FragmentTransfer SOAP-ENV:mustUnderstand=\"true\">");
    append_escaped(blocks, request.shape.expression);
    blocks.append("</wsman:FragmentTransfer>");
  }
  insert_headers(envelope, blocks);
}

}  // namespace muster::wsman
