// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/exchange.h"

#include <algorithm>

#include "core/wsman/ids.h"

namespace muster::wsman {
namespace {

constexpr int kOk = 200;
constexpr int kFault = 500;  // every SOAP fault, as existing clients expect

}  // namespace

Reply text_reply(int status, std::string utf8, Encoding encoding) {
  return {status, "application/soap+xml;charset=" + std::string(charset_name(encoding)),
          encode(std::move(utf8), encoding)};
}

void Exchange::refuse(const Fault& fault) const {
  respond_(text_reply(kFault, fault_envelope(fault, message_id(state.environment.random), request.message_id),
                      encoding));
}

void Exchange::answer(Envelope envelope, std::string_view body) const {
  respond_(text_reply(kOk, std::move(envelope).with(body), encoding));
}

Envelope Exchange::open_reply(std::string_view action, std::optional<std::uint64_t> total) const {
  return reply_envelope({action, message_id(state.environment.random), request.message_id,
                         request.wants_total ? total : std::nullopt});
}

std::size_t Exchange::fixed_size(const Envelope& envelope) const {
  return mark_size(encoding) + encoded_size(envelope.head, encoding) + encoded_size(envelope.tail, encoding);
}

const cim::Class* find_class(const InstanceSource& source, std::string_view name) {
  const auto& all = source.classes();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [name](const cim::Class* c) { return cim::same_name(c->name(), name); });
  return found == all.end() ? nullptr : *found;
}

Fault no_such_class(std::string_view name) {
  return {FaultCode::destination_unreachable, "class " + std::string(name) + " is not offered here",
          "InvalidResourceURI"};
}

Fault too_large() {
  return {FaultCode::encoding_limit, "an instance does not fit into MaxEnvelopeSize", "MaxEnvelopeSize"};
}

}  // namespace muster::wsman
