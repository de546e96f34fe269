// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/fault.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <pugixml.hpp>

#include "core/wsman/names.h"
#include "core/wsman/prescan.h"
#include "core/wsman/writer.h"
#include "core/wsman/xml.h"

namespace muster::wsman {
namespace {

using enum FaultCode;

// DSP0226's table, written down a second time from the standard's side: code, subcode, action.
struct Expected {
  FaultCode code;
  std::string_view soap_code, subcode_uri, subcode, action;
};
constexpr std::string_view kManFault = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault";
constexpr std::string_view kAddrFault = "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault";
constexpr std::string_view kEnumFault = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault";
constexpr std::string_view kEventFault = "http://schemas.xmlsoap.org/ws/2004/08/eventing/fault";
constexpr Expected kExpected[] = {
    {access_denied, "Sender", names::kWsman, "AccessDenied", kManFault},
    {action_not_supported, "Sender", names::kAddressing, "ActionNotSupported", kAddrFault},
    {cannot_process_filter, "Sender", names::kEnumeration, "CannotProcessFilter", kEnumFault},
    {destination_unreachable, "Sender", names::kAddressing, "DestinationUnreachable", kAddrFault},
    {encoding_limit, "Sender", names::kWsman, "EncodingLimit", kManFault},
    {endpoint_unavailable, "Receiver", names::kAddressing, "EndpointUnavailable", kAddrFault},
    {filter_dialect_unavailable, "Sender", names::kEnumeration, "FilterDialectRequestedUnavailable",
     kEnumFault},
    {fragment_dialect_not_supported, "Sender", names::kWsman, "FragmentDialectNotSupported", kManFault},
    {internal_error, "Receiver", names::kWsman, "InternalError", kManFault},
    {invalid_enumeration_context, "Receiver", names::kEnumeration, "InvalidEnumerationContext", kEnumFault},
    {invalid_expiration_time, "Sender", names::kEnumeration, "InvalidExpirationTime", kEnumFault},
    {invalid_header, "Sender", names::kAddressing, "InvalidMessageInformationHeader", kAddrFault},
    {invalid_options, "Sender", names::kWsman, "InvalidOptions", kManFault},
    {invalid_parameter, "Sender", names::kWsman, "InvalidParameter", kManFault},
    {invalid_selectors, "Sender", names::kWsman, "InvalidSelectors", kManFault},
    {header_required, "Sender", names::kAddressing, "MessageInformationHeaderRequired", kAddrFault},
    {polymorphism_mode_not_supported, "Sender", names::kBinding, "PolymorphismModeNotSupported", kManFault},
    {quota_limit, "Sender", names::kWsman, "QuotaLimit", kManFault},
    {schema_validation_error, "Sender", names::kWsman, "SchemaValidationError", kManFault},
    {timed_out, "Receiver", names::kWsman, "TimedOut", kManFault},
    {unsupported_expiration_type, "Sender", names::kEnumeration, "UnsupportedExpirationType", kEnumFault},
    {unsupported_feature, "Sender", names::kWsman, "UnsupportedFeature", kManFault},
    {delivery_mode_unavailable, "Sender", names::kEventing, "DeliveryModeRequestedUnavailable", kEventFault},
    {event_deliver_to_unusable, "Sender", names::kWsman, "EventDeliverToUnusable", kManFault},
    {event_source_unable, "Sender", names::kEventing, "EventSourceUnableToProcess", kEventFault},
    {filtering_unavailable, "Sender", names::kEventing, "FilteringRequestedUnavailable", kEventFault},
    {invalid_bookmark, "Sender", names::kWsman, "InvalidBookmark", kManFault},
    {invalid_message, "Sender", names::kEventing, "InvalidMessage", kEventFault},
    {invalid_subscription_expires, "Sender", names::kEventing, "InvalidExpirationTime", kEventFault},
    {unable_to_renew, "Sender", names::kEventing, "UnableToRenew", kEventFault},
    {unsupported_subscription_expires, "Sender", names::kEventing, "UnsupportedExpirationType", kEventFault},
    {not_understood, "MustUnderstand", "", "", kAddrFault},
    {version_mismatch, "VersionMismatch", "", "", kAddrFault},
};

struct Seen {
  pugi::xml_document document;
  pugi::xml_node header, fault;
};

void read(const std::string& envelope, Seen& out) {
  const Result<void> scanned = prescan(envelope);
  ASSERT_TRUE(scanned) << scanned.error().what << '\n' << envelope;
  ASSERT_TRUE(xml::load(out.document, envelope));
  const pugi::xml_node root = out.document.document_element();
  out.header = xml::find(root, names::kSoap, "Header");
  out.fault = xml::find(xml::find(root, names::kSoap, "Body"), names::kSoap, "Fault");
  ASSERT_TRUE(out.fault);
}

void expect_qname(pugi::xml_node value, std::string_view uri, std::string_view local) {
  const std::string text = xml::token(value).value_or("");
  EXPECT_EQ(xml::local_name(text), local);
  EXPECT_EQ(xml::resolve(value, xml::prefix_of(text)), uri);
}

TEST(Faults, EveryRowIsWrittenWithItsCodeSubcodeAndAction) {
  ASSERT_EQ(std::size(kExpected), fault_table().size());
  for (const Expected& each : kExpected) {
    SCOPED_TRACE(row_of(each.code).subcode);
    Seen seen;
    read(fault_envelope({each.code}, "uuid:1", "uuid:2"), seen);
    const pugi::xml_node code = xml::find(seen.fault, names::kSoap, "Code");
    expect_qname(xml::find(code, names::kSoap, "Value"), names::kSoap, each.soap_code);
    const pugi::xml_node sub = xml::find(xml::find(code, names::kSoap, "Subcode"), names::kSoap, "Value");
    EXPECT_EQ(each.subcode.empty(), !sub);
    if (sub) expect_qname(sub, each.subcode_uri, each.subcode);
    EXPECT_EQ(xml::token(xml::find(seen.header, names::kAddressing, "Action")), std::string(each.action));
    EXPECT_EQ(xml::token(xml::find(seen.header, names::kAddressing, "RelatesTo")), "uuid:2");
    const pugi::xml_node reason =
        xml::find(xml::find(seen.fault, names::kSoap, "Reason"), names::kSoap, "Text");
    EXPECT_EQ(xml::simple_text(reason), std::string(row_of(each.code).reason));
    EXPECT_STREQ(xml::attribute(reason, names::kXml, "lang").value(), "en-US");
  }
}

TEST(Faults, DetailIsAWholeUri) {
  Seen seen;
  read(fault_envelope({encoding_limit, "", "MaxEnvelopeSize"}, "uuid:1", ""), seen);
  const pugi::xml_node detail =
      xml::find(xml::find(seen.fault, names::kSoap, "Detail"), names::kWsman, "FaultDetail");
  EXPECT_EQ(xml::token(detail), "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/MaxEnvelopeSize");
  EXPECT_FALSE(xml::find(seen.header, names::kAddressing, "RelatesTo"));
}

TEST(Faults, DialectsAreListedInTheNamespaceOfTheFault) {
  static constexpr std::string_view kDialects[] = {"urn:a", "urn:b"};
  for (const auto& [code, uri] : {std::pair(filter_dialect_unavailable, names::kEnumeration),
                                  std::pair(fragment_dialect_not_supported, names::kWsman)}) {
    Fault fault{code};
    fault.supported_dialects = kDialects;
    Seen seen;
    read(fault_envelope(fault, "uuid:1", ""), seen);
    std::vector<std::string> listed;
    const pugi::xml_node detail = xml::find(seen.fault, names::kSoap, "Detail");
    for (pugi::xml_node each = xml::first_element(detail); each; each = xml::next_element(each)) {
      EXPECT_TRUE(xml::is(each, uri, "SupportedDialect"));
      listed.push_back(xml::token(each).value_or(""));
    }
    EXPECT_EQ(listed, (std::vector<std::string>{"urn:a", "urn:b"}));
  }
}

TEST(Faults, NotUnderstoodNamesEachBlock) {
  Seen seen;
  read(fault_envelope({not_understood, "", "", {{"urn:a", "Foo"}, {"", "Bar"}}}, "uuid:1", ""), seen);
  std::set<std::string> blocks;
  for (pugi::xml_node each = xml::first_element(seen.header); each; each = xml::next_element(each)) {
    if (!xml::is(each, names::kSoap, "NotUnderstood")) continue;
    const std::string_view qname = xml::attribute(each, "", "qname").value();
    const std::string_view prefix = xml::prefix_of(qname);
    blocks.insert("{" + std::string(prefix.empty() ? "" : xml::resolve(each, prefix)) + "}" +
                  std::string(xml::local_name(qname)));
  }
  EXPECT_EQ(blocks, (std::set<std::string>{"{urn:a}Foo", "{}Bar"}));
}

TEST(Faults, VersionMismatchOffersSoap12) {
  Seen seen;
  read(fault_envelope({version_mismatch}, "uuid:1", ""), seen);
  const pugi::xml_node upgrade = xml::find(seen.header, names::kSoap, "Upgrade");
  const pugi::xml_node supported = xml::find(upgrade, names::kSoap, "SupportedEnvelope");
  const std::string_view qname = xml::attribute(supported, "", "qname").value();
  EXPECT_EQ(xml::resolve(supported, xml::prefix_of(qname)), names::kSoap);
}

TEST(Faults, ReasonsCannotBreakTheMessage) {
  const std::vector<std::string> reasons = {
      "</SOAP-ENV:Text><x/>",       "a & b",
      std::string("\0\x01\x1B", 3), "\xFF\xFE",
      std::string(5000, '&'),       std::string(1023, 'a') + "\xE2\x82\xAC"};
  for (const std::string& reason : reasons) {
    Seen seen;
    read(fault_envelope({invalid_parameter, reason}, "uuid:1", "a&b<c>\"'"), seen);
    EXPECT_EQ(xml::token(xml::find(seen.header, names::kAddressing, "RelatesTo")), "a&b<c>\"'");
    EXPECT_FALSE(xml::first_element(xml::first_element(xml::find(seen.fault, names::kSoap, "Reason"))));
  }
}

TEST(Faults, SourceErrorsMapToTheirKindAndBack) {
  for (const Errc code : {Errc::not_found, Errc::denied, Errc::timeout, Errc::unreachable, Errc::unsupported,
                          Errc::malformed, Errc::internal}) {
    const Fault fault = to_fault({code, "disk: gone", ""});
    EXPECT_EQ(to_errc(xml::local_name(row_of(fault.code).subcode)), code) << to_string(code);
    EXPECT_EQ(fault.reason.empty(), code == Errc::internal) << "our own bugs stay in the journal";
  }
}

}  // namespace
}  // namespace muster::wsman
