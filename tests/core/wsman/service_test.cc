// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/service.h"

#include <random>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/wsman/charset.h"
#include "core/wsman/client.h"
#include "core/wsman/prescan.h"
#include "tests/core/wsman/fixture.h"
#include "tests/fakes/golden.h"

namespace muster::wsman {
namespace {

using namespace testing;
using namespace std::chrono_literals;

std::string context_in(const Reply& reply) {
  return between(reply.body, "<wsen:EnumerationContext>", "</wsen:EnumerationContext>");
}
struct Golden {
  std::string name, request;
};

TEST(ServiceGolden, AnswersAreTheRecordedOctets) {
  const std::vector<Golden> cases = {
      {"identify", envelope("", "<i:Identify/>")},
      {"get", get("TEST_Disk", selectors({{"__cimnamespace", "root/scx"}, {"Name", "sda"}}))},
      {"enumerate_all", enumerate("TEST_Disk", optimized(32000))},
      {"enumerate_first", enumerate("TEST_Disk", optimized(1), "<w:RequestTotalItemsCountEstimate/>")},
      {"enumerate_context", enumerate("TEST_Disk", "<n:Expires>PT30S</n:Expires>")},
      {"enumerate_none", enumerate("TEST_Disk", optimized(1))},
      {"wrong_namespace", get("TEST_Disk?__cimnamespace=root/other")},
      {"not_understood", get("SCX_Agent", R"(<x:Odd xmlns:x="urn:x" s:mustUnderstand="true"/>)")},
      {"soap11", "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body/></e:Envelope>"},
  };
  for (const Golden& each : cases) {
    Lab lab;
    if (each.name != "enumerate_none") {
      lab.source.instances.push_back(disk("sda", 1000));
      lab.source.instances.push_back(disk("sdb \"<2>\"\n", 2000));
    }
    const std::string got = lab.ask(each.request).body + "\n";
    EXPECT_TRUE(prescan(got)) << each.name;
    EXPECT_EQ(got, muster::testing::golden("wsman/" + each.name + ".xml", got)) << each.name;
  }
}

TEST(ServiceGolden, AWinRmStyleRequestIsAnswered) {
  Lab lab;
  const std::string request =
      R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"><s:Header><a:To>https://elsewhere:15986/wsman</a:To><w:ResourceURI s:mustUnderstand="true">http://schemas.microsoft.com/wbem/wscim/1/cim-schema/2/SCX_Agent</w:ResourceURI><a:ReplyTo><a:Address s:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo><a:Action s:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate</a:Action><w:MaxEnvelopeSize s:mustUnderstand="true">153600</w:MaxEnvelopeSize><a:MessageID>uuid:5CC9B5D8-7E4A-4F77-9CB7-4F4C24A1E5C4</a:MessageID><w:Locale xml:lang="en-US" mustUnderstand="false"/><p:DataLocale xml:lang="en-US" s:mustUnderstand="false"/><w:OperationTimeout>PT60.000S</w:OperationTimeout><w:SelectorSet><w:Selector Name="__cimnamespace">root/scx</w:Selector></w:SelectorSet></s:Header><s:Body><n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>20</w:MaxElements></n:Enumerate></s:Body></s:Envelope>
)";
  const Reply reply = lab.ask(request, "alice", "application/soap+xml;charset=UTF-8");
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.body.find("<wsa:RelatesTo>uuid:5CC9B5D8-7E4A-4F77-9CB7-4F4C24A1E5C4</wsa:RelatesTo>"),
            std::string::npos);
}

TEST(Service, RefusesEachWithItsPreciseFault) {
  const std::string scx = "SCX_Agent";
  const std::string long_uri = "urn:" + std::string(2045, 'x');
  struct Case {
    std::string request, expected;
  };
  const auto with = [&](std::string_view more) { return get(scx, more); };
  const auto raw = [](const std::string& head) { return envelope(head, ""); };
  const std::string to = header("a:To", "/wsman");
  const std::string action = header("a:Action", names::kGet);
  const std::string id = header("a:MessageID", "0");
  const std::string uri = header("w:ResourceURI", std::string(names::kDmtfClass) + scx);
  const std::vector<Case> cases = {
      {raw(to + action + id + uri), "200"},
      {raw(to + id + uri), "wsa:MessageInformationHeaderRequired"},
      {raw(to + action + uri), "wsa:MessageInformationHeaderRequired"},
      {raw(action + id + uri), "wsa:MessageInformationHeaderRequired"},
      {raw(to + action + id), "wsa:DestinationUnreachable/InvalidResourceURI"},
      {raw(to + action + action + id + uri), "wsa:InvalidMessageInformationHeader"},
      {raw(to + action + id + id + uri), "wsa:InvalidMessageInformationHeader"},
      {raw(to + action + id + uri + uri), "wsa:InvalidMessageInformationHeader"},
      {raw(to + action + header("a:MessageID", "<b/>uuid:1") + uri), "wsa:InvalidMessageInformationHeader"},
      {raw(to + action + header("a:MessageID", "&lt;b/&gt;") + uri), "wsa:InvalidMessageInformationHeader"},
      {raw(to + action + header("a:MessageID", "a b") + uri), "wsa:InvalidMessageInformationHeader"},
      {raw(to + action + header("a:MessageID", "") + uri), "wsa:InvalidMessageInformationHeader"},
      {raw(to + action + header("a:MessageID", long_uri) + uri), "wsman:EncodingLimit/URILimitExceeded"},
      {raw(to + header("a:Action", "urn:nothing") + id + uri), "wsa:ActionNotSupported"},
      {raw(to + header("a:Action", "http://schemas.xmlsoap.org/ws/2004/09/transfer/Put") + id + uri),
       "wsa:ActionNotSupported"},
      {raw(to + header("a:Action", "http://schemas.xmlsoap.org/ws/2004/08/eventing/Subscribe") + id + uri),
       "wsman:SchemaValidationError"},
      {raw(to + "<Action>" + std::string(names::kGet) + "</Action>" + id + uri),
       "wsa:MessageInformationHeaderRequired"},
      {raw(to + "<x:Action xmlns:x='http://www.w3.org/2005/08/addressing'>" + std::string(names::kGet) +
           "</x:Action>" + id + uri),
       "wsa:MessageInformationHeaderRequired"},
      {raw(to + action + id + header("w:ResourceURI", "http://example.org/foo/" + scx)),
       "wsa:DestinationUnreachable/InvalidResourceURI"},
      {raw(to + action + id + header("w:ResourceURI", std::string(names::kDmtfClass) + "SCX_Agent/..")),
       "wsa:DestinationUnreachable/InvalidResourceURI"},
      {get("TEST_Nothing"), "wsa:DestinationUnreachable/InvalidResourceURI"},
      {get("TEST_Element"), "wsman:InvalidSelectors/InsufficientSelectors"},
      {get("TEST_Element", selectors({{"Name", "none"}})), "wsa:DestinationUnreachable"},
      {get("TEST_Element", selectors({{"Caption", "x"}})), "wsman:InvalidSelectors/UnexpectedSelectors"},
      {get("*"), "wsa:ActionNotSupported"},
      {enumerate("*", optimized(1)), "wsa:DestinationUnreachable/InvalidResourceURI"},
      {with(selectors({{"__cimnamespace", "root/cimv2"}})), "wsa:DestinationUnreachable/InvalidResourceURI"},
      {with(selectors({{"__CIMNamespace", "ROOT/scx"}})), "200"},
      {get("SCX_Agent?__cimnamespace=root/scx"), "200"},
      {get("scx_agent?__cimnamespace=root%2Fscx"), "200"},
      {get("SCX_Agent?__cimnamespace=root/cimv2"), "wsa:DestinationUnreachable/InvalidResourceURI"},
      {get("SCX_Agent?Name=scx"), "wsa:DestinationUnreachable/InvalidResourceURI"},
      {with(selectors({{"Name", "scx"}})), "200"},
      {with(selectors({{"Name", "other"}})), "wsa:DestinationUnreachable"},
      {with(selectors({{"Nome", "scx"}})), "wsman:InvalidSelectors/UnexpectedSelectors"},
      {with(selectors({{"Name", "scx"}, {"Hostname", "db1"}})), "wsman:InvalidSelectors/UnexpectedSelectors"},
      {with(selectors({{"Name", "scx"}, {"NAME", "scx"}})), "wsman:InvalidSelectors/DuplicateSelectors"},
      {with(selectors({{"Name", "<b/>"}})), "wsman:InvalidSelectors/TypeMismatch"},
      {with(selectors({{"Name", std::string(4097, 'x')}})), "wsman:EncodingLimit/SelectorLimit"},
      {with("<w:SelectorSet><w:Selector>x</w:Selector></w:SelectorSet>"), "wsman:SchemaValidationError"},
      {get("TEST_Disk"), "wsman:InvalidSelectors/InsufficientSelectors"},
      {with("<w:MaxEnvelopeSize>8191</w:MaxEnvelopeSize>"), "wsman:EncodingLimit/MinimumEnvelopeLimit"},
      {with("<w:MaxEnvelopeSize>8192</w:MaxEnvelopeSize>"), "200"},
      {with("<w:MaxEnvelopeSize>99999999999999999999999</w:MaxEnvelopeSize>"), "200"},
      {with("<w:MaxEnvelopeSize>-1</w:MaxEnvelopeSize>"), "wsman:SchemaValidationError"},
      {with("<w:OperationTimeout>PT60.000000S</w:OperationTimeout>"), "200"},
      {with("<w:OperationTimeout>60</w:OperationTimeout>"), "wsman:SchemaValidationError"},
      {with("<w:OperationTimeout>-PT1S</w:OperationTimeout>"), "wsman:InvalidParameter"},
      {with("<w:OperationTimeout>2026-11-20T00:00:00Z</w:OperationTimeout>"), "wsman:SchemaValidationError"},
      {with("<a:FaultTo><a:Address>http://evil/</a:Address></a:FaultTo>"),
       "wsman:UnsupportedFeature/AddressingMode"},
      {raw(to + action + id + uri + "<a:ReplyTo><a:Address>http://evil/</a:Address></a:ReplyTo>"),
       "wsman:UnsupportedFeature/AddressingMode"},
      {raw(to + action + id + uri + "<a:ReplyTo/>"), "wsa:InvalidMessageInformationHeader"},
      {with("<w:Locale xml:lang='de' s:mustUnderstand='true'/>"), "wsman:UnsupportedFeature/Locale"},
      {with("<w:Locale s:mustUnderstand='true'/>"), "wsman:UnsupportedFeature/Locale"},
      {with("<w:Locale xml:lang='english' s:mustUnderstand='true'/>"), "wsman:UnsupportedFeature/Locale"},
      {with("<w:Locale xml:lang='en-' s:mustUnderstand='true'/>"), "wsman:UnsupportedFeature/Locale"},
      {with("<w:Locale xml:lang='en-a b' s:mustUnderstand='true'/>"), "wsman:UnsupportedFeature/Locale"},
      {with("<w:Locale xml:lang='EN-gb-x12345678' s:mustUnderstand='true'/>"),
       "wsman:UnsupportedFeature/Locale"},
      {with("<w:Locale xml:lang='EN-gb-1' s:mustUnderstand='true'/>"), "200"},
      {with("<w:Locale xml:lang='de'/>"), "200"},
      {with("<w:Locale/>"), "200"},
      {with("<w:OptionSet><w:Option Name='x'>1</w:Option></w:OptionSet>"), "200"},
      {with("<w:OptionSet s:mustUnderstand='1'/>"), "200"},
      {with("<p:DataLocale xml:lang='de' s:mustUnderstand='true'/>"), "200"},
      {with("<x:Odd xmlns:x='urn:x'/>"), "200"},
      {with("<x:Odd xmlns:x='urn:x' mustUnderstand='true'/>"), "200"},
      {with("<x:Odd xmlns:x='urn:x' s:mustUnderstand=' 1 '/>"), "SOAP-ENV:MustUnderstand"},
      {with("<x:Odd xmlns:x='urn:x' s:mustUnderstand='true' s:role='urn:someone'/>"), "200"},
      {with("<x:Odd xmlns:x='urn:x' s:mustUnderstand='maybe'/>"), "wsman:SchemaValidationError"},
      {envelope(headers(names::kGet, scx), "<x/>"), "wsman:SchemaValidationError"},
      {envelope(headers(names::kEnumerate, scx), ""), "wsman:SchemaValidationError"},
      {envelope(headers(names::kEnumerate, scx), "<n:Pull/>"), "wsman:SchemaValidationError"},
      {envelope(headers(names::kEnumerate, scx), "<n:Enumerate/><n:Enumerate/>"),
       "wsman:SchemaValidationError"},
      {enumerate(scx, "<w:Filter/><n:Filter/>"), "wsen:CannotProcessFilter"},
      {enumerate(scx, "<n:EndTo><a:Address>http://evil/</a:Address></n:EndTo>"),
       "wsman:UnsupportedFeature/AddressingMode"},
      {enumerate(scx, "<n:Expires>PT0S</n:Expires>"), "wsen:InvalidExpirationTime"},
      {enumerate(scx, "<n:Expires>tomorrow</n:Expires>"), "wsen:InvalidExpirationTime"},
      {enumerate(scx, "<n:Expires>2030-01-01T00:00:00Z</n:Expires>"), "wsen:UnsupportedExpirationType"},
      {enumerate(scx, "<w:OptimizeEnumeration/><w:MaxElements>0</w:MaxElements>"),
       "wsman:SchemaValidationError"},
      {enumerate(scx, "<w:OptimizeEnumeration/><w:OptimizeEnumeration/>"), "wsman:SchemaValidationError"},
      {enumerate(scx, "<w:Odd/>"), "wsman:SchemaValidationError"},
      {enumerate(scx, "<x:Odd xmlns:x='urn:x'/>"), "200"},
      {enumerate(scx, optimized(1), selectors({{"Name", "scx"}})),
       "wsman:InvalidSelectors/UnexpectedSelectors"},
      {pull(scx, "00000000000000000000000000000000"), "wsen:InvalidEnumerationContext"},
      {pull(scx, ""), "wsen:InvalidEnumerationContext"},
      {pull(scx, "<x/>"), "wsman:SchemaValidationError"},
      {envelope(headers(names::kPull, scx), "<n:Pull/>"), "wsman:SchemaValidationError"},
      {release(scx, "x"), "wsen:InvalidEnumerationContext"},
      {"", "wsman:SchemaValidationError"},
      {"<x/>", "wsman:SchemaValidationError"},
      {"<!DOCTYPE x><x/>", "wsman:SchemaValidationError"},
      {"<Envelope/>", "SOAP-ENV:VersionMismatch"},
      {"<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Header/></s:Envelope>",
       "wsman:SchemaValidationError"},
      {"<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body/><s:Header/></s:Envelope>",
       "wsman:SchemaValidationError"},
      {"<s:Envelope "
       "xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Header/><s:Header/><s:Body/></s:Envelope>",
       "wsman:SchemaValidationError"},
      {"<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body/><s:Body/></s:Envelope>",
       "wsman:SchemaValidationError"},
      {std::string(600000, ' '), "wsman:EncodingLimit/ServiceEnvelopeLimit"},
  };
  for (const Case& each : cases) {
    Lab lab;
    lab.source.instances.push_back(disk("sda", 1));
    lab.source.instances.push_back(disk("sdb", 1));
    const Reply reply = lab.ask(each.request);
    EXPECT_EQ(verdict(reply), each.expected) << each.request.substr(0, 4000) << '\n' << reply.body;
    EXPECT_EQ(reply.status == 415, !prescan(reply.body)) << reply.body;
  }
}

TEST(Service, ContentTypeDecidesBeforeAnythingIsRead) {
  struct Case {
    std::string content_type;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {"application/soap+xml", "200"},
      {"text/xml; charset=utf-8", "200"},
      {R"(application/soap+xml; charset="UTF-8"; action="urn:x")", "200"},
      {"", "415"},
      {"text/html", "415"},
      {"application/json", "415"},
      {"application/soap+xml;charset=ISO-8859-1", "wsman:EncodingLimit/CharacterSet"},
      {"application/soap+xml;charset=UTF-16", "wsman:EncodingLimit/CharacterSet"},
  };
  for (const Case& each : cases) {
    Lab lab;
    EXPECT_EQ(verdict(lab.ask(get("SCX_Agent"), "alice", each.content_type)), each.expected)
        << each.content_type;
  }
}

TEST(Service, AnswersUtf16InUtf16AndCountsItsOctets) {
  for (const Encoding encoding : {Encoding::utf16_le, Encoding::utf16_be}) {
    Lab lab;
    for (int i = 0; i < 40; ++i) {
      lab.source.instances.push_back(disk("disk\xE2\x82\xAC" + std::to_string(i), 1));
    }
    const std::string request = encode(
        enumerate("TEST_Disk", optimized(1000), "<w:MaxEnvelopeSize>9000</w:MaxEnvelopeSize>"), encoding);
    const Reply reply = lab.ask(request, "alice", "application/soap+xml;charset=UTF-16");
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(reply.content_type, "application/soap+xml;charset=UTF-16");
    EXPECT_LE(reply.body.size(), 9000U);
    DecodedText text;
    ASSERT_TRUE(decode(reply.body, "utf-16", text));
    EXPECT_EQ(text.encoding, encoding);
    const Result<Page> page = parse_page(200, reply.body);
    ASSERT_TRUE(page);
    EXPECT_GE(page->items.size(), 5U);
    EXPECT_FALSE(page->end);
  }
}

TEST(Service, SoapActionMustAgreeWithTheHeader) {
  Lab lab;
  for (const auto& [field, expected] : std::vector<std::pair<std::string, std::string>>{
           {"\"" + std::string(names::kGet) + "\"", "200"},
           {std::string(names::kGet), "200"},
           {"\"\"", "200"},
           {"urn:other", "wsa:ActionNotSupported/ActionMismatch"}}) {
    Reply reply;
    lab.service.handle("alice", {"text/xml", field, get("SCX_Agent")},
                       [&](Reply r) { reply = std::move(r); });
    EXPECT_EQ(verdict(reply), expected) << field;
  }
}

TEST(Service, MessageIdComesBackEscaped) {
  Lab lab;
  const std::string request =
      std::regex_replace(get("SCX_Agent"), std::regex("uuid:1"), " urn:a?b=1&amp;c='2' ");
  const Reply reply = lab.ask(request);
  EXPECT_NE(reply.body.find("<wsa:RelatesTo>urn:a?b=1&amp;c='2'</wsa:RelatesTo>"), std::string::npos)
      << reply.body;
}

TEST(Service, CommentsInAValueAreNotPartOfIt) {
  Lab lab;
  EXPECT_EQ(verdict(lab.ask(get("SCX_Agent", selectors({{"Name", "s<!-- x -->c<![CDATA[x]]>"}})))), "200");
}

TEST(Service, BaseClassIsAskedForAsEachDescendant) {
  Lab lab;
  lab.source.instances.push_back(disk("sda", 1));
  const Reply reply = lab.ask(enumerate("test_element", optimized(100)));
  const Result<Page> page = parse_page(reply.status, reply.body);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->items.size(), 2U);
  EXPECT_EQ(page->items[0].class_name, "TEST_Disk");
  EXPECT_EQ(page->items[1].class_name, "SCX_Agent");
  EXPECT_TRUE(page->end);
}

TEST(Service, WhatListsNothingDoesNotSpoilTheListOfItsBaseClass) {
  Lab lab;
  lab.source.error = Error{Errc::unsupported, "TEST_Disk: not listed", ""};
  lab.source.error_of = "TEST_Disk";
  const Reply reply = lab.ask(enumerate("TEST_Element", optimized(9)));
  const Result<Page> page = parse_page(reply.status, reply.body);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->items.size(), 1U);
  EXPECT_EQ(page->items[0].class_name, "SCX_Agent");
  EXPECT_EQ(verdict(lab.ask(enumerate("TEST_Disk", optimized(9)))), "wsman:UnsupportedFeature");
}

TEST(Service, GetByABaseClassFindsTheInstanceOfADescendant) {
  Lab lab;
  lab.source.instances.push_back(disk("sda", 1));
  const Reply reply = lab.ask(get("test_element", selectors({{"Name", "scx"}})));
  const Result<Item> item = parse_get(reply.status, reply.body);
  ASSERT_TRUE(item) << reply.body;
  EXPECT_EQ(item->class_name, "SCX_Agent");
  EXPECT_EQ(item->find("Hostname")->text, "db1");
  EXPECT_EQ(lab.source.asked.size(), 2U);
}

TEST(Service, GetByABaseClassNamesOneInstanceOrNone) {
  Lab lab;
  lab.source.instances.push_back(disk("scx", 1));
  EXPECT_EQ(verdict(lab.ask(get("TEST_Element", selectors({{"Name", "scx"}})))),
            "wsman:InvalidSelectors/AmbiguousSelectors");
  EXPECT_EQ(verdict(lab.ask(get("TEST_Element"))), "wsman:InvalidSelectors/InsufficientSelectors");
  EXPECT_EQ(lab.source.asked.size(), 2U);  // the second was refused without reading anything
}

TEST(Service, OneDeadlineCoversAllDescendants) {
  Lab lab;
  lab.source.hold = true;
  std::optional<Reply> answer;
  const std::string request =
      enumerate("TEST_Element", optimized(9), "<w:OperationTimeout>PT5S</w:OperationTimeout>");
  lab.service.handle("alice", {"text/xml", "", request}, [&](Reply reply) { answer = std::move(reply); });
  ASSERT_EQ(lab.source.held.size(), 1U);
  EXPECT_EQ(lab.source.deadlines.back(), 5s);
  lab.now += 2s;
  lab.source.held[0]();
  ASSERT_EQ(lab.source.held.size(), 2U);
  EXPECT_EQ(lab.source.deadlines.back(), 3s);
  EXPECT_FALSE(answer);
  lab.source.held[1]();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
}

TEST(Service, NoMoreIsReadForAClientThatHasLeftAndNoEnumerationKeptForIt) {
  for (const char* class_name : {"TEST_Element", "TEST_Disk"}) {
    SCOPED_TRACE(class_name);
    Lab lab;
    lab.source.hold = true;
    for (int i = 0; i < 9; ++i) lab.source.instances.push_back(disk(std::to_string(i), 1));
    std::optional<Reply> answer;
    std::function<void()> gone;
    lab.service.handle(
        "alice", {"text/xml", "", enumerate(class_name, optimized(1))},
        [&](Reply reply) { answer = std::move(reply); }, nullptr,
        [&](std::function<void()> call) { gone = std::move(call); });
    ASSERT_TRUE(gone);
    gone();
    ASSERT_EQ(lab.source.held.size(), 1U);
    lab.source.held[0]();
    EXPECT_EQ(lab.source.asked.size(), 1U);
    ASSERT_TRUE(answer) << "answered, as every request, though to nobody";
    EXPECT_EQ(verdict(*answer), "wsman:TimedOut");
  }
}

TEST(Service, DeadlineUsedUpIsTimedOut) {
  Lab lab;
  lab.source.hold = true;
  std::optional<Reply> answer;
  lab.service.handle("alice", {"text/xml", "", enumerate("TEST_Element", optimized(9))},
                     [&](Reply reply) { answer = std::move(reply); });
  lab.now += 61s;
  lab.source.held.at(0)();
  ASSERT_TRUE(answer);
  EXPECT_EQ(verdict(*answer), "wsman:TimedOut");
}

TEST(Service, SourceErrorsBecomeFaults) {
  for (const auto& [code, expected] :
       std::vector<std::pair<Errc, std::string>>{{Errc::timeout, "wsman:TimedOut"},
                                                 {Errc::denied, "wsman:AccessDenied"},
                                                 {Errc::unreachable, "wsa:EndpointUnavailable"},
                                                 {Errc::not_found, "wsa:DestinationUnreachable"},
                                                 {Errc::internal, "wsman:InternalError"}}) {
    Lab lab;
    lab.source.error = Error{code, "secret path", ""};
    const Reply reply = lab.ask(get("SCX_Agent"));
    EXPECT_EQ(verdict(reply), expected);
    EXPECT_EQ(reply.body.find("secret path") == std::string::npos, code == Errc::internal);
  }
}

TEST(Service, EnumerationRunsToItsEndAndThenIsUnknown) {
  Lab lab;
  for (int i = 0; i < 5; ++i) lab.source.instances.push_back(disk("d" + std::to_string(i), 1));
  const std::string context = context_in(lab.ask(enumerate("TEST_Disk", optimized(2))));
  ASSERT_EQ(context.size(), 32U);
  const std::string two = header("n:MaxElements", "2");
  const Reply middle = lab.ask(pull("TEST_Disk", context, two));
  EXPECT_EQ(context_in(middle), context);
  EXPECT_NE(middle.body.find(">d3<"), std::string::npos);
  const Reply last = lab.ask(pull("TEST_Disk", context, two));
  EXPECT_NE(last.body.find("<wsen:EndOfSequence/>"), std::string::npos);
  EXPECT_EQ(context_in(last), "");
  EXPECT_EQ(verdict(lab.ask(pull("TEST_Disk", context))), "wsen:InvalidEnumerationContext");
  EXPECT_EQ(verdict(lab.ask(release("TEST_Disk", context))), "wsen:InvalidEnumerationContext");
}

TEST(Service, PullTakesOneUnlessAskedForMore) {
  Lab lab;
  for (int i = 0; i < 3; ++i) lab.source.instances.push_back(disk("d" + std::to_string(i), 1));
  const std::string context = context_in(lab.ask(enumerate("TEST_Disk", "")));
  const Reply reply = lab.ask(pull("TEST_Disk", context));
  EXPECT_EQ(parse_page(reply.status, reply.body)->items.size(), 1U);
}

TEST(Service, ReleaseEndsAnEnumeration) {
  Lab lab;
  lab.source.instances.push_back(disk("sda", 1));
  const std::string context = context_in(lab.ask(enumerate("TEST_Disk", "")));
  const Reply released = lab.ask(release("TEST_Disk", context));
  EXPECT_TRUE(parse_release(released.status, released.body));
  EXPECT_EQ(verdict(lab.ask(pull("TEST_Disk", context))), "wsen:InvalidEnumerationContext");
}

TEST(Service, AnotherCallerCannotUseAnEnumeration) {
  Lab lab;
  lab.source.instances.push_back(disk("sda", 1));
  const std::string context = context_in(lab.ask(enumerate("TEST_Disk", "")));
  EXPECT_EQ(verdict(lab.ask(pull("TEST_Disk", context), "mallory")), "wsman:AccessDenied");
  EXPECT_EQ(verdict(lab.ask(release("TEST_Disk", context), "mallory")), "wsman:AccessDenied");
  EXPECT_EQ(verdict(lab.ask(pull("SCX_Agent", context))), "wsen:InvalidEnumerationContext");
  EXPECT_EQ(verdict(lab.ask(pull("TEST_Disk", context))), "200");
}

TEST(Service, IdleEnumerationExpiresAndUseKeepsItAlive) {
  Lab lab;
  for (int i = 0; i < 5; ++i) lab.source.instances.push_back(disk("d" + std::to_string(i), 1));
  const std::string context = context_in(lab.ask(enumerate("TEST_Disk", "")));
  lab.now += 59s;
  EXPECT_EQ(verdict(lab.ask(pull("TEST_Disk", context))), "200");
  lab.now += 59s;
  lab.service.expire();
  EXPECT_EQ(verdict(lab.ask(pull("TEST_Disk", context))), "200");
  lab.now += 60s;
  EXPECT_EQ(verdict(lab.ask(pull("TEST_Disk", context))), "wsen:InvalidEnumerationContext");
}

TEST(Service, RequestedExpirationCountsFromTheBeginning) {
  Lab lab;
  for (int i = 0; i < 5; ++i) lab.source.instances.push_back(disk("d" + std::to_string(i), 1));
  const Reply begun = lab.ask(enumerate("TEST_Disk", "<n:Expires>PT90S</n:Expires>"));
  EXPECT_NE(begun.body.find("<wsen:Expires>PT90S</wsen:Expires>"), std::string::npos);
  lab.now += 89s;
  EXPECT_EQ(verdict(lab.ask(pull("TEST_Disk", context_in(begun)))), "200");
  lab.now += 1s;
  EXPECT_EQ(verdict(lab.ask(pull("TEST_Disk", context_in(begun)))), "wsen:InvalidEnumerationContext");
}

TEST(Service, OpenEnumerationsAreCapped) {
  Lab lab;
  lab.source.instances.push_back(disk("sda", 1));
  const std::string request = enumerate("TEST_Disk", "");
  for (int i = 0; i < 32; ++i) EXPECT_EQ(verdict(lab.ask(request, "p0")), "200");
  EXPECT_EQ(verdict(lab.ask(request, "p0")), "wsman:QuotaLimit");
  for (int i = 32; i < 256; ++i) EXPECT_EQ(verdict(lab.ask(request, "p" + std::to_string(i / 32))), "200");
  EXPECT_EQ(verdict(lab.ask(request, "one more")), "wsman:QuotaLimit");
  lab.now += 60s;
  EXPECT_EQ(verdict(lab.ask(request, "p0")), "200");
}

TEST(Service, PagesFitTheirLimitToTheOctetAndLoseNothing) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same rows in every run
  for (int round = 0; round < 30; ++round) {
    Lab lab;
    const std::size_t count = 1 + random() % 60;
    for (std::size_t i = 0; i < count; ++i) {
      lab.source.instances.push_back(disk(std::to_string(i) + std::string(random() % 900, '&'), i));
    }
    const std::size_t limit = 8192 + random() % 6000;
    const std::string size = header("w:MaxEnvelopeSize", std::to_string(limit));
    Reply reply = lab.ask(enumerate("TEST_Disk", optimized(1000), size));
    std::size_t seen = 0;
    for (int pages = 0; pages < 100; ++pages) {
      ASSERT_EQ(reply.status, 200) << reply.body;
      ASSERT_LE(reply.body.size(), limit);
      const Result<Page> page = parse_page(reply.status, reply.body);
      ASSERT_TRUE(page);
      for (const Item& item : page->items) EXPECT_EQ(item.find("BytesTotal")->text, std::to_string(seen++));
      if (page->end) break;
      const std::string next = render_instance(lab.source.instances.at(1 + seen));
      EXPECT_GT(reply.body.size() + next.size() + 64, limit) << "the next row would have fitted";
      reply = lab.ask(pull("TEST_Disk", page->context, header("n:MaxElements", "1000"), size));
    }
    EXPECT_EQ(seen, count);
  }
}

TEST(Service, OneOctetDecidesWhetherAnInstanceFits) {
  Lab lab;
  lab.source.instances.push_back(disk(std::string(9000, 'x'), 1));
  const auto ask = [&](std::size_t limit) {
    return lab.ask(get("TEST_Disk", header("w:MaxEnvelopeSize", std::to_string(limit))));
  };
  const std::size_t exact = ask(512000).body.size();
  EXPECT_EQ(verdict(ask(exact)), "200");
  EXPECT_EQ(verdict(ask(exact - 1)), "wsman:EncodingLimit/MaxEnvelopeSize");
}

TEST(Service, RowThatNeverFitsIsAFaultAndKeepsItsContext) {
  Lab lab;
  lab.source.instances.push_back(disk("small", 1));
  lab.source.instances.push_back(disk(std::string(20000, 'x'), 1));
  const std::string small = header("w:MaxEnvelopeSize", "8192");
  const std::string context = context_in(lab.ask(enumerate("TEST_Disk", optimized(9), small)));
  EXPECT_EQ(verdict(lab.ask(pull("TEST_Disk", context, {}, small))), "wsman:EncodingLimit/MaxEnvelopeSize");
  EXPECT_EQ(verdict(lab.ask(pull("TEST_Disk", context))), "200");
}

TEST(Service, MaxCharactersBoundsThePage) {
  Lab lab;
  for (int i = 0; i < 9; ++i) lab.source.instances.push_back(disk("d" + std::to_string(i), 1));
  const std::size_t row = render_instance(disk("d0", 1)).size();
  const std::string context = context_in(lab.ask(enumerate("TEST_Disk", "")));
  const std::string more =
      header("n:MaxElements", "999") + header("n:MaxCharacters", std::to_string(row * 4 - 1));
  const Reply reply = lab.ask(pull("TEST_Disk", context, more));
  EXPECT_EQ(parse_page(reply.status, reply.body)->items.size(), 3U);
}

TEST(Service, IdentifyUnderstandsWhatItMustOrRefuses) {
  Lab lab;
  const std::string odd = envelope(R"(<x:Odd xmlns:x="urn:x" s:mustUnderstand="true"/>)", "<i:Identify/>");
  EXPECT_NE(lab.ask(odd).body.find("NotUnderstood"), std::string::npos);
  EXPECT_EQ(lab.service.identify_anonymous({"application/soap+xml", "", odd}).status, 401);
}

TEST(Service, NoHeaderStandsInTheWayOfIdentify) {
  const std::string id = header("a:MessageID", "uuid:1");
  const std::pair<const char*, std::string> cases[] = {
      {"known and to be understood", id + R"(<w:Locale xml:lang="fr" s:mustUnderstand="true"/>)"},
      {"refused", id + "<w:FragmentTransfer s:mustUnderstand=\"1\">/</w:FragmentTransfer>"},
      {"twice", id + header("a:To", "urn:x") + header("a:To", "urn:y")},
      {"no boolean", id + "<a:To s:mustUnderstand=\"maybe\">urn:x</a:To>"},
      {"bad values", header("a:Action", "urn:other") + header("w:MaxEnvelopeSize", "1") +
                         header("w:OperationTimeout", "never")},
  };
  for (const auto& [name, odd] : cases) {
    Lab lab;
    EXPECT_EQ(verdict(lab.ask(envelope(odd, "<i:Identify/>"))), "200") << name;
    EXPECT_EQ(
        lab.service.identify_anonymous({"application/soap+xml", "", envelope(odd, "<i:Identify/>")}).status,
        200)
        << name;
    EXPECT_EQ(lab.ask(envelope(odd, "<b:Other/>")).status, 500) << name;
  }
}

TEST(Service, AnonymousIdentifySaysNoVersionAndNothingElseIsAnswered) {
  Lab lab;
  const Reply identity =
      lab.service.identify_anonymous({"application/soap+xml", "", envelope("", "<i:Identify/>")});
  ASSERT_EQ(identity.status, 200);
  EXPECT_EQ(identity.body.find("0.1.0"), std::string::npos);
  EXPECT_EQ(identity.body.find("secprofile"), std::string::npos);
  for (const std::string& other :
       {get("SCX_Agent"), std::string("junk"), enumerate("SCX_Agent", optimized(1))}) {
    const Reply refused = lab.service.identify_anonymous({"application/soap+xml", "", other});
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.body, "");
  }
  EXPECT_TRUE(lab.source.asked.empty());
}

}  // namespace
}  // namespace muster::wsman
