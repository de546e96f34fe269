// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/client.h"

#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/wsman/fault.h"
#include "core/wsman/prescan.h"
#include "core/wsman/writer.h"
#include "tests/core/wsman/fixture.h"
#include "tests/fakes/golden.h"

namespace muster::wsman {
namespace {

using namespace testing;

Target target(std::string_view class_name) {
  return {"https://db1:1270/wsman", class_uri(class_name), "root/scx", {}, std::chrono::seconds(30), 100000};
}

TEST(Client, RequestsAreTheRecordedOctets) {
  Target disk = target("TEST_Disk");
  disk.selectors = {{"Name", "a<b>&\"c\""}};
  const std::vector<std::pair<std::string, std::string>> requests = {
      {"identify", identify_request()},
      {"enumerate", enumerate_request(target("SCX_Agent"), 20)},
      {"pull", pull_request(target("SCX_Agent"), "ctx<&>", 20)},
      {"release", release_request(target("SCX_Agent"), "ctx")},
      {"get", get_request(disk)},
  };
  for (const auto& [name, request] : requests) {
    const std::string got = std::regex_replace(request, std::regex("uuid:[-0-9a-f]{36}"), "uuid:SOME") + "\n";
    EXPECT_TRUE(prescan(got)) << got;
    EXPECT_EQ(got, muster::testing::golden("wsman/request_" + name + ".xml", got));
  }
}

TEST(Client, EachRequestHasItsOwnMessageId) {
  EXPECT_NE(get_request(target("SCX_Agent")), get_request(target("SCX_Agent")));
}

TEST(ClientAndService, GetBringsTheValuesBack) {
  Lab lab;
  const std::string name = "a<b>&\"c\"\r\n\t\xE2\x82\xAC ]]>";
  lab.source.instances.push_back(disk(name, 18446744073709551615ULL));
  Target where = target("TEST_Disk");
  where.selectors = {{"Name", name}};
  const Reply reply = lab.ask(get_request(where));
  const Result<Item> item = parse_get(reply.status, reply.body);
  ASSERT_TRUE(item) << item.error().what;
  EXPECT_EQ(item->class_name, "TEST_Disk");
  EXPECT_EQ(item->find("name")->text, name);
  EXPECT_EQ(item->find("BytesTotal")->text, "18446744073709551615");
  EXPECT_EQ(item->find("IsOnline")->text, "TRUE");
  EXPECT_TRUE(item->find("Caption")->null);
  EXPECT_EQ(item->find("Nothing"), nullptr);
  std::vector<std::string> mounts;
  for (const PropertyValue& each : item->properties) {
    if (each.name == "Mounts") mounts.push_back(each.text);
  }
  EXPECT_EQ(mounts, (std::vector<std::string>{"/", "/a&b"}));
}

TEST(ClientAndService, EnumeratePullsUntilTheEnd) {
  Lab lab;
  for (int i = 0; i < 25; ++i) lab.source.instances.push_back(disk("d" + std::to_string(i), 1));
  Reply reply = lab.ask(enumerate_request(target("TEST_Disk"), 10));
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    const Result<Page> page = parse_page(reply.status, reply.body);
    ASSERT_TRUE(page) << page.error().what;
    for (const Item& item : page->items) names.push_back(item.find("Name")->text);
    if (page->end) break;
    reply = lab.ask(pull_request(target("TEST_Disk"), page->context, 10));
  }
  EXPECT_EQ(names.size(), 25U);
  EXPECT_EQ(names.back(), "d24");
}

TEST(ClientAndService, EnumerateOfNothingEndsAtOnce) {
  Lab lab;
  const Reply reply = lab.ask(enumerate_request(target("TEST_Disk"), 10));
  const Result<Page> page = parse_page(reply.status, reply.body);
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->end);
  EXPECT_TRUE(page->items.empty());
}

TEST(ClientAndService, ReleaseIsAcknowledged) {
  Lab lab;
  for (int i = 0; i < 3; ++i) lab.source.instances.push_back(disk("d" + std::to_string(i), 1));
  const Reply first = lab.ask(enumerate_request(target("TEST_Disk"), 1));
  const Reply done =
      lab.ask(release_request(target("TEST_Disk"), parse_page(first.status, first.body)->context));
  EXPECT_TRUE(parse_release(done.status, done.body));
}

TEST(ClientAndService, IdentifyTellsProductAndProfiles) {
  Lab lab;
  const Reply reply = lab.ask(identify_request());
  const Result<Identity> identity = parse_identify(reply.status, reply.body);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->protocol, "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd");
  EXPECT_EQ(identity->vendor, "Muster");
  EXPECT_EQ(identity->version, "0.1.0");
  EXPECT_EQ(identity->profiles.size(), 1U);
}

TEST(ClientAndService, FaultsQuoteSubcodeDetailAndReason) {
  Lab lab;
  const Reply reply = lab.ask(get_request(target("TEST_Nothing")));
  const Result<Item> item = parse_get(reply.status, reply.body);
  ASSERT_FALSE(item);
  EXPECT_EQ(item.error().code, Errc::not_found);
  EXPECT_EQ(item.error().what,
            "fault wsa:DestinationUnreachable (InvalidResourceURI): class TEST_Nothing is not offered here");
  EXPECT_FALSE(item.error().hint.empty());
}

TEST(Client, EveryFaultOfTheTableIsReadWhateverTheStatus) {
  for (const FaultRow& row : fault_table()) {
    const std::string body = fault_envelope({row.code, "why"}, "uuid:1", "");
    for (const int status : {200, 400, 500}) {
      const Result<Page> page = parse_page(status, body);
      ASSERT_FALSE(page);
      const std::size_t colon = row.subcode.find(':');
      const Errc expected = to_errc(row.subcode.substr(colon == std::string_view::npos ? 0 : colon + 1));
      EXPECT_EQ(page.error().code, expected) << row.subcode;
      EXPECT_NE(page.error().what.find(row.subcode), std::string::npos);
      EXPECT_NE(page.error().what.find("why"), std::string::npos);
    }
  }
}

TEST(Client, AnswersThatAreNotSoapBecomeErrorsOfTheirStatus) {
  struct Case {
    int status;
    std::string body;
    Errc code;
  };
  const std::vector<Case> cases = {
      {401, "", Errc::denied},
      {403, "<html>no</html>", Errc::denied},
      {404, "", Errc::not_found},
      {503, "busy", Errc::unreachable},
      {504, "", Errc::timeout},
      {415, "", Errc::unsupported},
      {200, "", Errc::malformed},
      {200, "hello", Errc::malformed},
      {200, "<html/>", Errc::malformed},
      {200, "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>", Errc::malformed},
      {200, envelope("", ""), Errc::malformed},
      {200, envelope("", "<x/>"), Errc::malformed},
      {500, envelope("", "<n:PullResponse><n:EndOfSequence/></n:PullResponse>"), Errc::malformed},
      {200, envelope("", "<n:PullResponse><n:Items/></n:PullResponse>"), Errc::malformed},
      {200, envelope("", "<n:PullResponse><n:Items>"), Errc::malformed},
  };
  for (const Case& each : cases) {
    const Result<Page> page = parse_page(each.status, each.body);
    ASSERT_FALSE(page) << each.body;
    EXPECT_EQ(page.error().code, each.code) << each.status << ' ' << each.body;
  }
}

TEST(Client, ReadsTheOriginalsHabits) {
  const Result<Identity> identity = parse_identify(
      200, envelope("",
                    "<s:IdentifyResponse><i:ProductVendor>Open Management "
                    "Infrastructure</i:ProductVendor><i:SecurityProfiles/></s:IdentifyResponse>"));
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->vendor, "Open Management Infrastructure");
  const Result<Page> page = parse_page(
      200,
      envelope("",
               "<n:EnumerateResponse><n:EnumerationContext>7</n:EnumerationContext><w:Items><x:C "
               "xmlns:x='urn:x'><x:When><c:Datetime "
               "xmlns:c='urn:c'>2026-11-20T00:00:00Z</c:Datetime></x:When></x:C></w:Items><w:EndOfSequence/>"
               "</n:EnumerateResponse>"));
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->end);
  EXPECT_EQ(page->context, "");
  EXPECT_EQ(page->items.at(0).find("When")->text, "2026-11-20T00:00:00Z");
}

TEST(Client, ClassUriIsTheFormThatClientsOfTheClassUse) {
  EXPECT_EQ(class_uri("SCX_Agent"), "http://schemas.microsoft.com/wbem/wscim/1/cim-schema/2/SCX_Agent");
  EXPECT_EQ(class_uri("CIM_Disk"), "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_Disk");
  EXPECT_EQ(class_uri("X"), "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/X");
}

}  // namespace
}  // namespace muster::wsman
