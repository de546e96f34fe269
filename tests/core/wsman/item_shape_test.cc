// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/item_shape.h"

#include <regex>
#include <string>

#include <gtest/gtest.h>

#include "core/wsman/prescan.h"
#include "tests/core/wsman/fixture.h"
#include "tests/fakes/golden.h"

namespace muster::wsman {
namespace {

using namespace testing;
using Content = ItemShape::Content;
using Dialect = ItemShape::Dialect;

ItemShape with(Content content) {
  ItemShape shape;
  shape.content = content;
  return shape;
}
ItemShape asked(Dialect dialect, std::string expression, Content content = Content::object) {
  ItemShape shape = with(content);
  shape.dialect = dialect;
  shape.expression = std::move(expression);
  return shape;
}
ItemShape without_nulls() {
  ItemShape shape;
  shape.nulls = ItemShape::Nulls::left_out;
  return shape;
}
ItemShape shown_as(std::string class_name) {
  ItemShape shape;
  shape.as_class = std::move(class_name);
  return shape;
}

std::string written(const ItemShape& shape, const cim::Instance& instance) {
  const auto writer = ItemWriter::make(shape, instance.of());
  EXPECT_TRUE(writer) << writer.error().what;
  return writer ? writer->write(instance).value_or("filtered out") : "";
}

TEST(ItemShape, ItemsAreTheRecordedOctets) {
  const std::string select = "SELECT IsOnline, Name, Mounts FROM TEST_Disk";
  const std::pair<const char*, ItemShape> cases[] = {
      {"reference", with(Content::reference)},
      {"object_and_reference", with(Content::both)},
      {"without_nulls", without_nulls()},
      {"projection", asked(Dialect::wql, select)},
      {"projection_and_reference", asked(Dialect::cql, select, Content::both)},
      {"as_base", shown_as("test_element")},
      {"fragment", asked(Dialect::fragment, "Mounts[2]")},
      {"fragment_of_all", asked(Dialect::fragment, "Mounts")},
  };
  for (const auto& [name, shape] : cases) {
    const std::string item = written(shape, disk("sdb \"<2>\"\n", 2000));
    EXPECT_TRUE(prescan("<x xmlns:wsman=\"urn:w\" xmlns:wsa=\"urn:a\" xmlns:xsi=\"urn:x\">" + item + "</x>"));
    const std::string got = item + "\n";
    EXPECT_EQ(got, muster::testing::golden(std::string("wsman/item_") + name + ".xml", got)) << name;
  }
}

TEST(ItemShape, ThePlainShapeIsThePlainRendering) {
  const cim::Instance instance = disk("sda", 1);
  EXPECT_EQ(written({}, instance), render_instance(instance));
}

TEST(ItemShape, AnInstanceThatTheQueryRefusesIsNotWritten) {
  const ItemShape shape = asked(Dialect::wql, "SELECT * FROM TEST_Disk WHERE BytesTotal > 5");
  EXPECT_EQ(written(shape, disk("sda", 5)), "filtered out");
  EXPECT_EQ(written(shape, disk("sda", 6)), render_instance(disk("sda", 6)));
}

TEST(ItemShape, WhatDoesNotFitTheClassIsRefused) {
  const ItemShape cases[] = {
      shown_as("SCX_Agent"),
      asked(Dialect::wql, ""),
      asked(Dialect::cql, "SELECT Nothing FROM TEST_Disk"),
      asked(Dialect::fragment, "//"),
  };
  for (const ItemShape& shape : cases) {
    const auto writer = ItemWriter::make(shape, disk_class());
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().code, Errc::malformed);
  }
}

TEST(ItemShape, PartsOfAnItemAreItsObjectAndItsReference) {
  const cim::Instance instance = disk("</wsman:Item><wsa:EndpointReference>", 1);
  const std::string item = written(with(Content::both), instance);
  const ItemParts parts = parts_of(item);
  EXPECT_EQ(parts.object, render_instance(instance));
  EXPECT_EQ(parts.reference, written(with(Content::reference), instance));
  EXPECT_EQ(parts_of("<x/>").object, "<x/>");
}

// What a client gets as a reference, it sends back as headers.
TEST(ItemShape, AReferenceSentBackLeadsToItsInstance) {
  Lab lab;
  const std::string name = " sdb \"<2>\"\n\t&amp; ";
  lab.source.instances.push_back(disk("sda", 1));
  lab.source.instances.push_back(disk(name, 2));
  for (const char* mode : {"EnumerateEPR", "EnumerateObjectAndEPR"}) {
    const Reply all = lab.ask(enumerate("TEST_Disk", optimized(9) + header("w:EnumerationMode", mode)));
    ASSERT_EQ(verdict(all), "200");
    std::string items = items_of(all);
    items.erase(0, items.find("</wsa:EndpointReference>") + 1);
    const std::string reference = between(items, "<wsa:ReferenceParameters>", "</wsa:ReferenceParameters>");
    ASSERT_FALSE(reference.empty()) << all.body;
    const std::string request =
        R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa=")" +
        std::string(names::kAddressing) + "\" xmlns:wsman=\"" + std::string(names::kWsman) +
        "\"><s:Header><wsa:To>" + between(items, "<wsa:Address>", "</wsa:Address>") +
        "</wsa:To><wsa:Action>" + std::string(names::kGet) +
        "</wsa:Action><wsa:MessageID>uuid:1</wsa:MessageID>" + reference +
        "</s:Header><s:Body/></s:Envelope>";
    const Reply one = lab.ask(request);
    ASSERT_EQ(verdict(one), "200") << request << one.body;
    EXPECT_NE(one.body.find(render_instance(lab.source.instances[2])), std::string::npos) << one.body;
  }
}

TEST(ItemShape, RequestedReferenceIsThatOfTheInstance) {
  Lab lab;
  lab.source.instances.push_back(disk("sda", 1));
  const std::string wish = "<w:RequestEPR s:mustUnderstand='true'/>";
  const std::string reference = written(with(Content::reference), disk("sda", 1));
  for (const std::string& request :
       {get("TEST_Disk", wish), get("TEST_Disk", wish + selectors({{"NAME", "sda"}}))}) {
    const Reply reply = lab.ask(request);
    ASSERT_EQ(verdict(reply), "200") << reply.body;
    EXPECT_EQ(between(reply.body, "<wsman:RequestedEPR>", "</wsman:RequestedEPR>"), reference) << reply.body;
    EXPECT_EQ(between(reply.body, "<SOAP-ENV:Body>", "</SOAP-ENV:Body>"), render_instance(disk("sda", 1)));
  }
  const Reply all = lab.ask(enumerate("TEST_Disk", optimized(9), wish));
  EXPECT_EQ(between(all.body, "<wsman:RequestedEPR>", "</wsman:RequestedEPR>"), "<wsman:EPRUnknown/>");
  EXPECT_EQ(lab.ask(get("TEST_Disk")).body.find("RequestedEPR"), std::string::npos);
}

TEST(ItemShape, PagesOfReferencesAreCountedToTheOctet) {
  Lab lab;
  for (int i = 0; i < 60; ++i) lab.source.instances.push_back(disk("d" + std::to_string(i), 1));
  const std::string size = "<w:MaxEnvelopeSize>8192</w:MaxEnvelopeSize><w:RequestEPR/>";
  const Reply reply =
      lab.ask(enumerate("TEST_Disk", optimized(100) + header("w:EnumerationMode", "EnumerateEPR"), size));
  EXPECT_EQ(verdict(reply), "200");
  EXPECT_LE(reply.body.size(), 8192U);
  EXPECT_GT(reply.body.size(), 7000U);
}

}  // namespace
}  // namespace muster::wsman
