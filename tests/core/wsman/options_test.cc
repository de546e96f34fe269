// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/options.h"

#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "tests/core/wsman/eventing_fixture.h"

namespace muster::wsman {
namespace {

using namespace testing;

std::string with_options(std::string_view inside) {
  return get("SCX_Agent", "<w:OptionSet s:mustUnderstand='true'>" + std::string(inside) + "</w:OptionSet>");
}

TEST(Options, UnknownOnesAreRefusedOnlyWhenTheyMustBeCompliedWith) {
  std::string many;
  for (int i = 0; i < 65; ++i) many += "<w:Option Name='x'/>";
  struct Case {
    std::string request, expected;
  };
  const std::vector<Case> cases = {
      {with_options(""), "200"},
      {with_options("<w:Option Name='Odd' Type='xs:int'>1</w:Option>"), "200"},
      {with_options("<w:Option Name='Odd' MustComply='false'><x/></w:Option>"), "200"},
      {with_options("<w:Option Name='Odd' MustComply='true'>1</w:Option>"),
       "wsman:InvalidOptions/NotSupported"},
      {with_options("<w:Option>1</w:Option>"), "wsman:InvalidOptions/InvalidName"},
      {with_options("<w:Option Name='OmitNil'>maybe</w:Option>"), "wsman:InvalidOptions/InvalidValue"},
      {with_options("<w:Option Name='OmitNil'><x/></w:Option>"), "wsman:InvalidOptions/InvalidValue"},
      {with_options("<w:Option Name='OmitNil' MustComply='true'>true</w:Option>"), "200"},
      {with_options("<w:Other/>"), "wsman:SchemaValidationError"},
      {with_options(many), "wsman:EncodingLimit/OptionLimit"},
      {with_options("<w:Option Name='" + std::string(2049, 'x') + "'/>"), "wsman:EncodingLimit/OptionLimit"},
  };
  for (const Case& each : cases) {
    Lab lab;
    EXPECT_EQ(verdict(lab.ask(each.request)), each.expected) << each.request.substr(0, 2000);
  }
}

TEST(Options, OmitNilLeavesNullsOut) {
  Lab lab;
  const std::string nil = "xsi:nil";
  EXPECT_NE(lab.ask(with_options("<w:Option Name='OmitNil'>FALSE</w:Option>")).body.find(nil),
            std::string::npos);
  for (const char* value : {"true", "1", ""}) {
    const std::string option = "<w:Option Name='omitnil'>" + std::string(value) + "</w:Option>";
    const Reply reply = lab.ask(with_options(option));
    EXPECT_EQ(reply.body.find(nil), std::string::npos);
    EXPECT_NE(reply.body.find("<p:Hostname>"), std::string::npos);
  }
}

// Of a Subscribe on SCX_LogFile alone; elsewhere they are options like any other that nobody knows.
TEST(Options, OfLogFilesSayWhatIsWatched) {
  const auto option = [](std::string_view name, std::string_view value) {
    return "<w:Option Name='" + std::string(name) + "' MustComply='true'>" + std::string(value) +
           "</w:Option>";
  };
  const auto read = [](std::string_view class_name, const std::string& options, Request& out) {
    const auto fault =
        parse_request(subscribe(class_name, delivery(names::kPullMode),
                                "<w:OptionSet s:mustUnderstand='true'>" + options + "</w:OptionSet>"),
                      "", out);
    return fault ? std::string(fault->detail) : "";
  };
  const auto repeated = [&](int times) {
    std::string all = option("filename", "/a b");
    for (int i = 0; i < times; ++i) all += option("regexps", " x ");
    return all;
  };
  Request request;
  EXPECT_EQ(read("scx_logfile", repeated(64), request), "");
  EXPECT_EQ(request.log.file, "/a b");
  EXPECT_EQ(request.log.expressions, std::vector<std::string>(64, " x "));
  for (const auto& [class_name, options, detail] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"SCX_LogFile", repeated(65), "InvalidValue"},
           {"SCX_LogFile", option("filename", "a"), "InvalidValue"},
           {"SCX_LogFile", option("filename", "/a") + option("filename", "/b"), "InvalidValue"},
           {"SCX_LogFile", option("regexps", ""), "InvalidValue"},
           {"SCX_Agent", option("filename", "/a"), "NotSupported"}}) {
    Request other;
    EXPECT_EQ(read(class_name, options, other), detail);
  }
}

}  // namespace
}  // namespace muster::wsman
