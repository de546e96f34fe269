// SPDX-License-Identifier: GPL-2.0-or-later
// One request, read from its envelope into values of its own. Everything that the service refuses without
// asking its source is refused here, each with its precise fault.
//
// Source  DSP0226 1.1; SOAP 1.2 part 1; leniencies in docs/protocol.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cim/selection.h"
#include "core/wsman/cim_xml.h"
#include "core/wsman/fault.h"
#include "core/wsman/item_shape.h"
#include "core/wsman/names.h"
#include "core/wsman/resource_uri.h"
#include "core/wsman/subscribe_wish.h"

namespace muster::wsman {

enum class Verb { identify, get, enumerate, pull, release, invoke, subscribe, unsubscribe, renew };

// A parameter of a method call as the client gives it; without text it is xsi:nil.
struct GivenParameter {
  std::string name;
  std::optional<std::string> text;
};

enum class Polymorphism { include, exclude, none };

struct Request {
  Verb verb = Verb::identify;
  std::string message_id;  // set as soon as it is known, so that a fault can relate to it
  Subject subject = Subject::instances;
  std::string class_name;  // as the client spells it, "*" for all; empty when there was no ResourceURI
  std::vector<cim::Selector> selectors;  // without __cimnamespace
  std::size_t max_envelope = names::kMaxEnvelope;
  std::chrono::milliseconds timeout{60000};
  bool wants_total = false;
  bool wants_reference = false;  // wsman:RequestEPR
  ItemShape shape = {};
  ClassDetail class_detail = {};  // of declarations

  // Enumerate and Pull
  bool optimized = false;
  std::uint32_t max_elements = 1;
  std::optional<std::size_t> max_characters = {};
  std::optional<std::chrono::seconds> expires = {};
  std::vector<cim::Selector> wanted = {};  // SelectorFilter: properties and their values
  Polymorphism polymorphism = Polymorphism::include;
  std::string context;

  // Invoke
  std::string action;
  std::string method;  // as the client spells it
  std::vector<GivenParameter> given;
  std::chrono::milliseconds max_time{60000};  // how long a Pull may wait for events

  // Subscribe, Unsubscribe, Renew
  std::shared_ptr<const SubscribeWish> subscribe = {};  // of Subscribe alone
  std::string identifier = {};                          // of the subscription
  std::chrono::seconds interval{10};                    // option EvaluationInterval
  LogCondition log = {};                                // options filename and regexps
  std::optional<std::chrono::milliseconds> renewed_for = {};
};

// Pages of parsed messages come from core/base/kept_blocks from now on. For a process that reads many; call before
// the first.
void keep_pages();

// `utf8` has not been scanned yet. `soap_action` is the HTTP field, with or without quotes, empty when
// missing. A fault leaves `out` as far as it was read.
std::optional<Fault> parse_request(std::string_view utf8, std::string_view soap_action, Request& out);

}  // namespace muster::wsman
