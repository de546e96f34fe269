// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/fault.h"

#include <array>
#include <cstddef>

namespace muster::wsman {
namespace {

constexpr std::string_view kWsmanAction = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault";
constexpr std::string_view kAddressingAction = "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault";
constexpr std::string_view kEnumerationAction = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault";

constexpr std::string_view kEventingAction = "http://schemas.xmlsoap.org/ws/2004/08/eventing/fault";

using enum FaultCode;
constexpr Blame kSender = Blame::sender;
constexpr Blame kReceiver = Blame::receiver;

constexpr auto kTable = std::to_array<FaultRow>({
    {access_denied, kSender, "wsman:AccessDenied", kWsmanAction, "The caller is not allowed to do this"},
    {action_not_supported, kSender, "wsa:ActionNotSupported", kAddressingAction,
     "The action is not offered by this service"},
    {cannot_process_filter, kSender, "wsen:CannotProcessFilter", kEnumerationAction,
     "The filter cannot be processed"},
    {destination_unreachable, kSender, "wsa:DestinationUnreachable", kAddressingAction,
     "There is no such resource"},
    {encoding_limit, kSender, "wsman:EncodingLimit", kWsmanAction,
     "A limit on size or encoding was exceeded"},
    {endpoint_unavailable, kReceiver, "wsa:EndpointUnavailable", kAddressingAction,
     "The resource is offline for the moment"},
    {filter_dialect_unavailable, kSender, "wsen:FilterDialectRequestedUnavailable", kEnumerationAction,
     "The dialect of the filter is not offered"},
    {fragment_dialect_not_supported, kSender, "wsman:FragmentDialectNotSupported", kWsmanAction,
     "The dialect of the fragment is not offered"},
    {internal_error, kReceiver, "wsman:InternalError", kWsmanAction, "The service failed; its log says why"},
    {invalid_enumeration_context, kReceiver, "wsen:InvalidEnumerationContext", kEnumerationAction,
     "The enumeration is unknown, finished or expired"},
    {invalid_expiration_time, kSender, "wsen:InvalidExpirationTime", kEnumerationAction,
     "The expiration time is zero or lies in the past"},
    {invalid_header, kSender, "wsa:InvalidMessageInformationHeader", kAddressingAction,
     "A message information header is not valid"},
    {invalid_options, kSender, "wsman:InvalidOptions", kWsmanAction, "An option is not valid"},
    {invalid_parameter, kSender, "wsman:InvalidParameter", kWsmanAction, "A parameter is not valid"},
    {invalid_selectors, kSender, "wsman:InvalidSelectors", kWsmanAction,
     "The selectors do not fit the class"},
    {header_required, kSender, "wsa:MessageInformationHeaderRequired", kAddressingAction,
     "A required message information header is missing"},
    {polymorphism_mode_not_supported, kSender, "wsmb:PolymorphismModeNotSupported", kWsmanAction,
     "The polymorphism mode is not offered for this resource"},
    {quota_limit, kSender, "wsman:QuotaLimit", kWsmanAction, "Too many enumerations are open"},
    {schema_validation_error, kSender, "wsman:SchemaValidationError", kWsmanAction,
     "The message does not follow its schema"},
    {timed_out, kReceiver, "wsman:TimedOut", kWsmanAction, "The operation did not finish in time"},
    {unsupported_expiration_type, kSender, "wsen:UnsupportedExpirationType", kEnumerationAction,
     "Only durations are taken as expiration"},
    {unsupported_feature, kSender, "wsman:UnsupportedFeature", kWsmanAction,
     "The feature is not offered by this service"},
    {delivery_mode_unavailable, kSender, "wse:DeliveryModeRequestedUnavailable", kEventingAction,
     "The mode of delivery is not offered"},
    {event_deliver_to_unusable, kSender, "wsman:EventDeliverToUnusable", kWsmanAction,
     "Events cannot be delivered to this address"},
    {event_source_unable, kSender, "wse:EventSourceUnableToProcess", kEventingAction,
     "The event source cannot process the subscription"},
    {filtering_unavailable, kSender, "wse:FilteringRequestedUnavailable", kEventingAction,
     "The dialect of the filter is not offered"},
    {invalid_bookmark, kSender, "wsman:InvalidBookmark", kWsmanAction, "The bookmark cannot be used"},
    {invalid_message, kSender, "wse:InvalidMessage", kEventingAction,
     "The subscription is unknown, ended or expired"},
    {invalid_subscription_expires, kSender, "wse:InvalidExpirationTime", kEventingAction,
     "The expiration time is zero or lies in the past"},
    {unable_to_renew, kSender, "wse:UnableToRenew", kEventingAction, "The subscription cannot be renewed"},
    {unsupported_subscription_expires, kSender, "wse:UnsupportedExpirationType", kEventingAction,
     "Only durations are taken as expiration"},
    {not_understood, Blame::must_understand, "", kAddressingAction,
     "A header block that must be understood was not"},
    {version_mismatch, Blame::version_mismatch, "", kAddressingAction, "Only SOAP 1.2 is spoken here"},
});

constexpr bool in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable.at(i).code) != i) return false;
  }
  return true;
}
static_assert(in_order(), "the table follows the enumeration");

}  // namespace

std::span<const FaultRow> fault_table() {
  return kTable;
}

const FaultRow& row_of(FaultCode code) {
  return kTable.at(static_cast<std::size_t>(code));
}

Fault to_fault(const Error& error) {
  switch (error.code) {
    case Errc::not_found: return {destination_unreachable, error.what};
    case Errc::denied:
    case Errc::untrusted: return {access_denied, error.what};
    case Errc::timeout: return {timed_out, error.what};
    case Errc::unreachable: return {endpoint_unavailable, error.what};
    case Errc::unsupported: return {unsupported_feature, error.what};
    case Errc::malformed: return {invalid_parameter, error.what};
    case Errc::internal: break;
  }
  return {internal_error};  // our own bugs are described in the journal, not to the network
}

Errc to_errc(std::string_view subcode) {
  struct Row {
    std::string_view subcode;
    Errc code;
  };
  static constexpr auto kRows = std::to_array<Row>({
      {"AccessDenied", Errc::denied},
      {"DestinationUnreachable", Errc::not_found},
      {"TimedOut", Errc::timeout},
      {"EndpointUnavailable", Errc::unreachable},
      {"ActionNotSupported", Errc::unsupported},
      {"UnsupportedFeature", Errc::unsupported},
      {"FilteringNotSupported", Errc::unsupported},
      {"FilterDialectRequestedUnavailable", Errc::unsupported},
      {"FragmentDialectNotSupported", Errc::unsupported},
      {"PolymorphismModeNotSupported", Errc::unsupported},
      {"UnsupportedExpirationType", Errc::unsupported},
      {"InternalError", Errc::internal},
  });
  for (const Row& row : kRows) {
    if (row.subcode == subcode) return row.code;
  }
  return Errc::malformed;
}

}  // namespace muster::wsman
