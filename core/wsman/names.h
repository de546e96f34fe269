// SPDX-License-Identifier: GPL-2.0-or-later
// Namespaces, action URIs and fixed words of WS-Management, once each.
// Source  DSP0226 1.1 annex A, DSP0227, WS-Addressing and WS-Eventing 2004/08, WS-Transfer and WS-Enumeration
//         2004/09.
#pragma once

#include <cstddef>
#include <string_view>

namespace muster::wsman::names {

inline constexpr std::string_view kSoap = "http://www.w3.org/2003/05/soap-envelope";
inline constexpr std::string_view kSoap11 = "http://schemas.xmlsoap.org/soap/envelope/";
inline constexpr std::string_view kAddressing = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
inline constexpr std::string_view kTransfer = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
inline constexpr std::string_view kEnumeration = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
inline constexpr std::string_view kEventing = "http://schemas.xmlsoap.org/ws/2004/08/eventing";
inline constexpr std::string_view kWsman = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
inline constexpr std::string_view kIdentity =
    "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";
inline constexpr std::string_view kBinding = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd";
inline constexpr std::string_view kMicrosoft = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
inline constexpr std::string_view kXsi = "http://www.w3.org/2001/XMLSchema-instance";
inline constexpr std::string_view kXml = "http://www.w3.org/XML/1998/namespace";
inline constexpr std::string_view kXmlns = "http://www.w3.org/2000/xmlns/";

inline constexpr std::string_view kDmtfClass = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
inline constexpr std::string_view kMicrosoftClass = "http://schemas.microsoft.com/wbem/wscim/1/cim-schema/2/";
inline constexpr std::string_view kAllClasses = "http://schemas.dmtf.org/wbem/wscim/1/*";
inline constexpr std::string_view kClassSchema = "http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/";
inline constexpr std::string_view kLogFileClass = "SCX_LogFile";  // its events are lines, not instances
inline constexpr std::string_view kNamespaceSelector = "__cimnamespace";
inline constexpr std::string_view kOurNamespace = "root/scx";

inline constexpr std::string_view kAnonymous =
    "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
inline constexpr std::string_view kNextRole = "http://www.w3.org/2003/05/soap-envelope/role/next";
inline constexpr std::string_view kUltimateRole =
    "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver";

inline constexpr std::string_view kGet = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
inline constexpr std::string_view kGetResponse = "http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse";
inline constexpr std::string_view kEnumerate = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
inline constexpr std::string_view kEnumerateResponse =
    "http://schemas.xmlsoap.org/ws/2004/09/enumeration/EnumerateResponse";
inline constexpr std::string_view kPull = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull";
inline constexpr std::string_view kPullResponse =
    "http://schemas.xmlsoap.org/ws/2004/09/enumeration/PullResponse";
inline constexpr std::string_view kRelease = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Release";
inline constexpr std::string_view kReleaseResponse =
    "http://schemas.xmlsoap.org/ws/2004/09/enumeration/ReleaseResponse";

inline constexpr std::string_view kSubscribe = "http://schemas.xmlsoap.org/ws/2004/08/eventing/Subscribe";
inline constexpr std::string_view kSubscribeResponse =
    "http://schemas.xmlsoap.org/ws/2004/08/eventing/SubscribeResponse";
inline constexpr std::string_view kUnsubscribe = "http://schemas.xmlsoap.org/ws/2004/08/eventing/Unsubscribe";
inline constexpr std::string_view kUnsubscribeResponse =
    "http://schemas.xmlsoap.org/ws/2004/08/eventing/UnsubscribeResponse";
inline constexpr std::string_view kRenew = "http://schemas.xmlsoap.org/ws/2004/08/eventing/Renew";
inline constexpr std::string_view kRenewResponse =
    "http://schemas.xmlsoap.org/ws/2004/08/eventing/RenewResponse";
inline constexpr std::string_view kSubscriptionEnd =
    "http://schemas.xmlsoap.org/ws/2004/08/eventing/SubscriptionEnd";

inline constexpr std::string_view kPushMode =
    "http://schemas.xmlsoap.org/ws/2004/08/eventing/DeliveryModes/Push";
inline constexpr std::string_view kPushWithAckMode = "http://schemas.dmtf.org/wbem/wsman/1/wsman/PushWithAck";
inline constexpr std::string_view kEventsMode = "http://schemas.dmtf.org/wbem/wsman/1/wsman/Events";
inline constexpr std::string_view kPullMode = "http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull";

inline constexpr std::string_view kEvent = "http://schemas.dmtf.org/wbem/wsman/1/wsman/Event";
inline constexpr std::string_view kEvents = "http://schemas.dmtf.org/wbem/wsman/1/wsman/Events";
inline constexpr std::string_view kHeartbeat = "http://schemas.dmtf.org/wbem/wsman/1/wsman/Heartbeat";
inline constexpr std::string_view kDroppedEvents = "http://schemas.dmtf.org/wbem/wsman/1/wsman/DroppedEvents";
inline constexpr std::string_view kAck = "http://schemas.dmtf.org/wbem/wsman/1/wsman/Ack";
// What some sinks of the field say instead of kAck; taken, never sent.
inline constexpr std::string_view kHistoricAck = "http://schemas.xmlsoap.org/wbmem/wsman/1/wsman/Ack";
inline constexpr std::string_view kEarliest = "http://schemas.dmtf.org/wbem/wsman/1/wsman/bookmark/earliest";
inline constexpr std::string_view kMutualProfile =
    "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";

inline constexpr std::string_view kXPath =
    "http://www.w3.org/TR/1999/REC-xpath-19991116";  // the default dialect
inline constexpr std::string_view kWql = "http://schemas.microsoft.com/wbem/wsman/1/WQL";
inline constexpr std::string_view kDmtfWql = "http://schemas.dmtf.org/wbem/wsman/1/WQL";
inline constexpr std::string_view kCql = "http://schemas.dmtf.org/wbem/cql/1/dsp0202.pdf";
inline constexpr std::string_view kSelectorFilter =
    "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter";

inline constexpr std::string_view kFaultDetail = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/";

inline constexpr std::size_t kMaxUri = 2048;            // DSP0226: the least that a service has to take
inline constexpr std::size_t kMaxSelectorName = 2048;   // the same
inline constexpr std::size_t kMaxSelectorValue = 4096;  // the same
inline constexpr std::size_t kMaxSelectors = 64;
inline constexpr std::size_t kMinEnvelope = 8192;    // R6.2-4
inline constexpr std::size_t kMaxEnvelope = 512000;  // ours, requests and answers

}  // namespace muster::wsman::names
