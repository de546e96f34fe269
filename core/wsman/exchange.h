// SPDX-License-Identifier: GPL-2.0-or-later
// One request on its way to its answer, and what every operation of the service works with.
//
// Ownership  an exchange is shared by the callbacks that wait for a source; it borrows the service's state.
// Threads    the service's one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/wsman/charset.h"
#include "core/wsman/enumeration.h"
#include "core/wsman/eventing.h"
#include "core/wsman/fault.h"
#include "core/wsman/request.h"
#include "core/wsman/service.h"
#include "core/wsman/writer.h"

namespace muster::wsman {

// The service's memory between requests.
struct ServiceState {
  InstanceSource& source;
  ServiceIdentity identity;
  Environment environment;
  Enumerations enumerations = {};
  Eventing eventing{source, environment.now};
};

class Exchange {
 public:
  Exchange(ServiceState& of, std::string caller, Service::Respond respond)
      : state(of), principal(std::move(caller)), respond_(std::move(respond)) {}

  // Either is called exactly once.
  void refuse(const Fault& fault) const;
  void answer(Envelope envelope, std::string_view body) const;

  // Head and tail of the answer; its size is known before the body is made.
  Envelope open_reply(std::string_view action, std::optional<std::uint64_t> total = std::nullopt) const;
  std::size_t fixed_size(const Envelope& envelope) const;

  ServiceState& state;
  std::string principal;
  Encoding encoding = Encoding::utf8;
  Request request;
  std::string text;                                 // of a Subscribe: the message, as UTF-8
  std::shared_ptr<MethodTarget> methods = nullptr;  // null: this caller is offered none
  Service::WhenGone when_gone = nullptr;            // empty: this caller stays

 private:
  Service::Respond respond_;
};
using ExchangePtr = std::shared_ptr<Exchange>;

// Text in the encoding of its request.
Reply text_reply(int status, std::string utf8, Encoding encoding);

// The class of that name on offer, compared without case; null for any other.
const cim::Class* find_class(const InstanceSource& source, std::string_view name);
Fault no_such_class(std::string_view name);
Fault too_large();

}  // namespace muster::wsman
