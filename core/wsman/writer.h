// SPDX-License-Identifier: GPL-2.0-or-later
// Envelopes, written by gSOAP from the bound header and fault of gsoap/wsman.h.
//
// Threads    any; each thread keeps one gSOAP context, reset for every message.
// Ownership  views are read during the call only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/wsman/fault.h"

namespace muster::wsman {

// An envelope without its body: the whole text is head + body + tail, so its size is known beforehand. The
// root declares the prefixes SOAP-ENV, SOAP-ENC, xsi, xsd, wsa, wsen, wxf, wsman, wsmid and wsmb.
struct Envelope {
  std::string head;
  std::string_view tail;
  std::string with(std::string_view body) &&;
};

struct ReplyHead {
  std::string_view action;  // empty: no addressing headers at all (Identify)
  std::string_view message_id;
  std::string_view relates_to;  // empty: the request had no MessageID
  std::optional<std::uint64_t> total_items = {};
};
Envelope reply_envelope(const ReplyHead& head);

// The prefix "wse", which few messages need, onto the root of a message or of its head.
void declare_eventing(std::string& head);

// A whole fault message. The action is the fault's own.
std::string fault_envelope(const Fault& fault, std::string_view message_id, std::string_view relates_to);

struct RequestHead {
  std::string_view to;
  std::string_view action;
  std::string_view message_id;
  std::string_view resource_uri;
  std::uint64_t max_envelope = 0;
  std::string_view timeout;  // xs:duration
  std::vector<std::pair<std::string, std::string>> selectors = {};
};
Envelope request_envelope(const RequestHead& head);
// A message to a sink; the reply, if one is wanted, comes back on the same connection.
struct SinkEnvelope {
  std::string_view to;
  std::string_view action;
  std::string_view message_id;
  bool wants_reply = false;
};
Envelope sink_envelope(const SinkEnvelope& head);
Envelope bare_envelope();  // no header: Identify

}  // namespace muster::wsman
