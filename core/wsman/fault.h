// SPDX-License-Identifier: GPL-2.0-or-later
// The WS-Man fault table: what each fault is called, whose mistake it is and which action it travels under.
// Source  DSP0226 1.1 clause 14; SOAP 1.2 part 1 clause 5.4 for the two of SOAP itself.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace muster::wsman {

enum class FaultCode {
  access_denied,
  action_not_supported,
  cannot_process_filter,
  destination_unreachable,
  encoding_limit,
  endpoint_unavailable,
  filter_dialect_unavailable,
  fragment_dialect_not_supported,
  internal_error,
  invalid_enumeration_context,
  invalid_expiration_time,
  invalid_header,
  invalid_options,
  invalid_parameter,
  invalid_selectors,
  header_required,
  polymorphism_mode_not_supported,
  quota_limit,
  schema_validation_error,
  timed_out,
  unsupported_expiration_type,
  unsupported_feature,
  // of WS-Eventing
  delivery_mode_unavailable,
  event_deliver_to_unusable,
  event_source_unable,
  filtering_unavailable,
  invalid_bookmark,
  invalid_message,
  invalid_subscription_expires,
  unable_to_renew,
  unsupported_subscription_expires,
  not_understood,    // s:MustUnderstand
  version_mismatch,  // s:VersionMismatch
};

enum class Blame { sender, receiver, must_understand, version_mismatch };

struct FaultRow {
  FaultCode code;
  Blame blame;
  std::string_view subcode;  // "wsman:AccessDenied", in the prefixes that writer.cc declares; may be empty
  std::string_view action;
  std::string_view reason;  // used when the thrower has nothing more precise
};

std::span<const FaultRow> fault_table();  // in the order of FaultCode
const FaultRow& row_of(FaultCode code);

// An element that was not understood: a QName with its namespace.
struct ForeignHeader {
  std::string uri;
  std::string local;
};

struct Fault {
  FaultCode code = FaultCode::internal_error;
  std::string reason = {};       // empty: the table's
  std::string_view detail = {};  // what follows ".../faultDetail/"; a literal; empty for none
  std::vector<ForeignHeader> not_understood = {};
  std::span<const std::string_view> supported_dialects = {};  // static; dialects, or modes of delivery
};

// The fault that a failed fetch becomes.
Fault to_fault(const Error& error);

// The other way, for clients. `subcode` is the local name; matches whatever namespace it came from.
Errc to_errc(std::string_view subcode);

}  // namespace muster::wsman
